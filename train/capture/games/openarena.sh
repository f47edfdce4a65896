#!/bin/bash
# openarena.sh DISPLAY FRAMES [MAP...]: a spectator is put at the places of a map's items, one after the other, while bots
# fight; seven frames of ten are rolled, turned and narrowed. Without maps: all of them.
set -u
. "$(dirname "$0")/common.sh"
build_grabber
display=$1 frames=$2
shift 2
base=$WORK/home-$display/.openarena/baseoa
mkdir -p "$base"
maps=$(python3 "$HERE/openarena_walks.py" "$base" 32 20 | awk '{print $1}')
[ $# -gt 0 ] || set -- $maps

# In a file of its own, because the engine takes 32 settings on the command line at most.
cat >"$base/autoexec.cfg" <<'END'
seta cl_renderer opengl1
seta r_fullscreen 0
seta r_mode -1
seta r_customwidth 512
seta r_customheight 384
seta s_initsound 0
seta cg_draw2D 0
seta cg_drawGun 0
seta cg_fov 105
seta cg_drawStatus 0
seta cg_drawCrosshair 0
seta cg_drawCrosshairNames 0
seta cg_drawFPS 0
seta cg_lagometer 0
seta com_maxfps 40
seta com_maxfpsUnfocused 0
seta com_maxfpsMinimized 0
seta r_picmip 0
seta r_texturemode GL_LINEAR_MIPMAP_LINEAR
seta r_overbrightbits 0
seta r_ignorehwgamma 1
seta r_gamma 1.7
seta r_flares 0
seta con_notifytime 0
seta cg_teamChatTime 0
seta bot_enable 1
seta bot_minplayers 5
seta g_doWarmup 0
seta timelimit 0
seta fraglimit 0
END
for map; do
    clear "$WORK/openarena/$map"
    run_game "$display" 150 "$WORK/openarena/$map" GRAB_EVERY=6 GRAB_SKIP=120 GRAB_MOST="$frames" GRAB_TURNED=.7 GRAB_ROLL=8 \
        GRAB_NARROW=.5 GRAB_WIDE=.9 -- /usr/games/openarena +set r_fullscreen 0 +set r_mode -1 +set r_customwidth 512 \
        +set r_customheight 384 +set s_initsound 0 +set com_introplayed 1 +set ttycon 0 +set bot_enable 1 \
        +devmap "$map" +wait 100 +exec "walk_$map.cfg"
done
