#!/bin/bash
# extremetuxracer.sh DISPLAY FRAMES GROUP:COURSE...: practice runs (group 0: default courses, 1: extras), steered at random.
set -u
. "$(dirname "$0")/common.sh"
build_grabber
display=$1 frames=$2
shift 2
key()
{
    press key "$@"
    sleep .25
    wait_shown "$out" 3 5
}

# The menus: practice, the group, the course, and one of four kinds of light.
choose()
{
    local group=$1 course=$2
    wait_shown "$out" 20 60 # the first frame is a title, shown while the game loads
    key Return; sleep 1; key Down; key Return; sleep 1.5
    if [ "$group" = 1 ]; then key Up; key shift+Tab; key Down; key Tab; fi
    for _ in $(seq "$course"); do key Down; done
    key Tab
    for _ in $(seq $((course % 4))); do key Right; done
    key Return
}

steer()
{
    local way
    sleep 2
    press keydown Up
    while kill -0 "$1" 2>/dev/null; do
        way=$(one_of Left Right)
        press keydown "$way"
        sleep .$((RANDOM % 6 + 2))
        press keyup "$way"
        sleep .4
    done
}

play()
{
    local course=$1 out=$WORK/etr/${1/:/_} game
    clear "$out"
    run_game "$display" 120 "$out" GRAB_EVERY=22 GRAB_SKIP=60 GRAB_MOST="$frames" GRAB_TURNED=.6 GRAB_ROLL=8 \
        GRAB_NARROW=.5 GRAB_WIDE=.9 -- /usr/games/etr &
    game=$!
    choose "${course%%:*}" "${course##*:}"
    steer $game
    wait $game
}

for course; do
    play "$course" || play "$course"
done
