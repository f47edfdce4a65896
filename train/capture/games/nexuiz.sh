#!/bin/bash
# nexuiz.sh DISPLAY FRAMES MAP...: what bots see, another one every 1.7 s, swaying, with fields of view from 55 to 100 degrees.
# The engine draws the scene into a framebuffer object, hence GRAB_OBJECT.
set -u
. "$(dirname "$0")/common.sh"
build_grabber
display=$1 frames=$2
shift 2
data=$WORK/home-$display/.nexuiz/data
mkdir -p "$data"
cat >"$data/capture.cfg" <<'END'
vid_fullscreen 0
viewsize 120
r_bloom 0
r_hdr 0
r_coronas 0
r_drawviewmodel 0
r_shadow_realtime_dlight 0
r_shadow_realtime_world 0
cl_bob 0
minplayers 6
bot_number 6
skill 4
g_warmup 0
timelimit 0
fraglimit 0
timelimit_override 0
fraglimit_override 0
cl_maxfps 12
v_idlescale 25
v_iroll_level 0.25
v_ipitch_level 0.4
v_iyaw_level 0.3
v_iroll_cycle 1.3
v_ipitch_cycle 1.7
v_iyaw_cycle 2.1
alias look1 "next_bot; fov 70; defer 1.7 look2"
alias look2 "next_bot; fov 100; defer 1.7 look3"
alias look3 "next_bot; fov 85; defer 1.7 look4"
alias look4 "next_bot; fov 55; defer 1.7 look1"
alias next_bot "+attack; defer 0.15 -attack"
END
for map; do
    clear "$WORK/nexuiz/$map"
    run_game "$display" 110 "$WORK/nexuiz/$map" GRAB_OBJECT=1 GRAB_EVERY=5 GRAB_SKIP=45 GRAB_MOST="$frames" -- \
        /usr/games/nexuiz -nosound -window -width 512 -height 384 +vid_width 512 +vid_height 384 +exec capture.cfg \
        +map "$map" +defer 3 look1
done
