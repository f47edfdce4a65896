#!/bin/bash
# supertuxkart.sh DISPLAY FRAMES EVERY TRACK[:r]...: computer-driven races (":r" = reversed), camera distance and pitch of the
# chase camera at random for each track, the view rolled, turned and narrowed in three frames of four (grab.c).
set -u
. "$(dirname "$0")/common.sh"
build_grabber
display=$1 frames=$2 every=$3
shift 3
home=$WORK/home-$display
config=$home/.config/supertuxkart/config-0.10/config.xml

# The fixed-function renderer writes depth where grab.c finds it. The game writes the whole file at its first start.
first_config()
{
    mkdir -p "$(dirname "$config")"
    cat >"$config" <<'END'
<?xml version="1.0"?>
<stkconfig version="8">
    <Video force_legacy_device="true" real_resolution="false" fullscreen="false" dynamic_lights="false" />
    <Audio sfx_on="false" music_on="false" />
    <camera-normal fov="105" distance="1" forward-up-angle="0" />
    <standard-camera-settings fov="105" distance="1" forward-up-angle="0" />
</stkconfig>
END
    # A player, so that the first start asks nothing.
    cat >"$(dirname "$config")/players.xml" <<'END'
<?xml version="1.0"?>
<players version="1">
    <current player="Player"/>
    <player name="Player" guest="false" use-frequency="0" icon-filename="1.png" unique-id="1" saved-session="false"/>
</players>
END
}

set_camera()
{
    python3 - "$config" "$(one_of 0.4 0.7 1.0 1.6 2.4)" "$(one_of -3 0 5 12 25)" <<'END'
import re
import sys

path, distance, angle = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    text = file.read()
for tag in ("camera-normal", "standard-camera-settings", "saved-camera-settings"):
    def change(match):
        element = re.sub(r'(\s)distance="[^"]*"', rf'\g<1>distance="{distance}"', match[0])
        element = re.sub(r'(\s)forward-up-angle="[^"]*"', rf'\g<1>forward-up-angle="{angle}"', element)
        return re.sub(r'fov="[^"]*"', 'fov="105"', element)
    text = re.sub(rf"<{tag}\s[^>]*>", change, text)
with open(path, "w", encoding="utf-8") as file:
    file.write(text)
END
}

[ -f "$config" ] || first_config
for track; do
    name=${track%%:*}
    reverse=()
    [ "$track" = "$name" ] || reverse=(--reverse)
    set_camera
    clear "$WORK/stk/${track/:/_}"
    run_game "$display" 200 "$WORK/stk/${track/:/_}" GRAB_EVERY="$every" GRAB_SKIP=40 GRAB_MOST="$frames" GRAB_TURNED=.75 \
        GRAB_ROLL=8 GRAB_NARROW=.5 GRAB_WIDE=.9 -- /usr/games/supertuxkart -s $SIZE --race-now --track="$name" \
        "${reverse[@]}" --numkarts=$((RANDOM % 5 + 2)) --profile-time=600 --difficulty=$((RANDOM % 4))
done
