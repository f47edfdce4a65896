#!/bin/sh
# Other readers agree with what the container room writes: libheif's tools list the stereo group and decode both eyes.
set -eu
for tool in heif-info heif-convert; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
file="$SPX_TEST_DATA/heic/grid_1023x999.heic"
work="$SPX_TEST_OUT/heif_info"
rm -rf "$work"
mkdir -p "$work"

heif-info -d "$file" >"$work/boxes"
# libheif 1.15 lists the pictures of the group in a line, 1.23 says which eye each is.
grep -qE 'group type: ster|Box: ster' "$work/boxes" || { echo "no stereo group in heif-info -d"; exit 1; }
grep -q 'entity IDs: 5 10' "$work/boxes" ||
    { grep -q 'left image ID: 5$' "$work/boxes" && grep -q 'right image ID: 10$' "$work/boxes"; } ||
    { echo "the group is not (5, 10)"; exit 1; }
test "$(heif-info "$file" | grep -c '^image: 1023x999')" = 2 || { echo "not two images of 1023x999"; exit 1; }

heif-convert "$file" "$work/eye.y4m" >"$work/convert"
# Tile i is flat luma 80 + 20 i with a dark square at (32 + 64 (i mod 4), 32 + 64 (i div 4)).
python3 - "$work" <<'PYTHON'
import sys

WIDTH, HEIGHT = 1023, 999
for eye in (0, 1):
    header, rest = open("%s/eye-%d.y4m" % (sys.argv[1], eye + 1), "rb").read().split(b"\n", 1)
    assert b" W%d H%d " % (WIDTH, HEIGHT) in header, header
    luma = rest.split(b"\n", 1)[1]
    for tile in range(4):
        number = 4 * eye + tile
        x, y = tile % 2 * 512, tile // 2 * 512
        square = 32 + 64 * (number % 4) + 16, 32 + 64 * (number // 4) + 16
        for (dx, dy), want in (((300, 300), 80 + 20 * number), ((510, 486), 80 + 20 * number), (square, 16)):
            have = luma[(y + dy) * WIDTH + x + dx]
            assert abs(have - want) <= 3, (number, dx, dy, have, want)
print("both eyes decode to what went in")
PYTHON
