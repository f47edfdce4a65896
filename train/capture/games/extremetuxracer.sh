#!/bin/bash
# extremetuxracer.sh DISPLAY FRAMES GROUP:COURSE...: practice runs (group 0: default courses, 1: extras), steered at random.
set -u
. "$(dirname "$0")/common.sh"
build_grabber
display=$1 frames=$2
shift 2
key() { DISPLAY=":$display" xdotool key "$@"; sleep .25; }

# The menus: practice, the group, the course, and one of four kinds of light.
choose()
{
    local group=$1 course=$2
    sleep 10
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
    DISPLAY=":$display" xdotool keydown Up
    while kill -0 "$1" 2>/dev/null; do
        way=$(one_of Left Right)
        DISPLAY=":$display" xdotool keydown "$way"
        sleep .$((RANDOM % 6 + 2))
        DISPLAY=":$display" xdotool keyup "$way"
        sleep .4
    done
}

for course; do
    run_game "$display" 45 "$WORK/etr/${course/:/_}" GRAB_EVERY=22 GRAB_SKIP=60 GRAB_MOST="$frames" GRAB_TURNED=.6 GRAB_ROLL=8 \
        GRAB_NARROW=.5 GRAB_WIDE=.9 -- /usr/games/etr &
    game=$!
    choose "${course%%:*}" "${course##*:}"
    steer $game
    wait $game
done
