#!/bin/bash
# all.sh OUT: captures every game and converts the frames to OUT/GAME/{rgb,depth}; about an hour on two cores. Each game draws
# on one core. The packages are Debian's, main section.
set -u
cd "$(dirname "$0")"
. ./common.sh
out=$1
packages='supertuxkart openarena openarena-oacmp1 openarena-081-maps nexuiz nexuiz-data nexuiz-textures torcs extremetuxracer
xvfb xdotool gcc libc6-dev libgl1-mesa-dri python3-numpy python3-opencv'
# shellcheck disable=SC2086 # one word a package
dpkg -s $packages >/dev/null 2>&1 || { echo "all.sh: install first: $packages" >&2; exit 1; }
build_grabber

tracks='hacienda zengarden lighthouse scotland sandtrack olivermath stk_enterprise black_forest mines fortmagma snowtuxpeak
candela_city volcano_island cornfield_crossing cocoa_temple snowmountain ravenbridge_mansion xr591 alien_signal minigolf
scotland:r zengarden:r hacienda:r sandtrack:r stk_enterprise:r lighthouse:r'
maps='silvercity ruiner soylent desertfactory stormkeep aneurysm bloodprison bluesky dieselpower reslimed runningman skyway
strength warfare darkzone racetrack accident basement downer eggandbacon evilspace farewell final_rage slimepit toxic aggressor
bleach ons-reborn stormkeep2 basementctf'
roads='road/alpine-1 road/street-1 dirt/dirt-3 road/aalborg road/wheel-2 dirt/mixed-2 road/corkscrew road/alpine-2 road/e-track-6
dirt/dirt-5 road/brondehach road/wheel-1 road/eroad dirt/mixed-1 road/ruudskogen road/spring road/e-track-2 road/g-track-3
dirt/dirt-2 road/ole-road-1 road/e-track-4 oval/michigan road/g-track-1 dirt/dirt-6 road/e-track-3 oval/b-speedway'
# Without 1:2, 1:9 and 1:18, where snow falls into the depth buffer; convert.py leaves it out elsewhere.
courses='0:1 0:3 0:4 1:5 0:6 0:7 0:8 0:10 1:11 0:12 0:14 1:15 0:16 0:19 0:21 1:20 0:22 0:2 0:5 0:9 0:11 0:13 0:15 1:3 1:7 1:12
1:17'
# shellcheck disable=SC2086 # one word a track
{
    ./supertuxkart.sh 20 40 6 $tracks &
    ./openarena.sh 12 28 # the islands are left out below: their sea and mountains read as sky
    ./nexuiz.sh 14 32 $maps
    wait
    ./torcs.sh 15 24 $roads &
    ./extremetuxracer.sh 16 14 $courses
    wait
}
rm -rf "$WORK"/openarena/island* "$WORK"/openarena/oa_bases3cl
without=
for game in stk openarena nexuiz torcs etr; do
    ./convert.py $game "$out" "$WORK/$game"/*/
    ../sheet.py "$out/sheet_$game.png" "$out/$game" || without+=" $game"
done
[ -z "$without" ] || { echo "all.sh: no pictures of:$without" >&2; exit 1; }
