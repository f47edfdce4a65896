#!/bin/sh
# `spx compare` makes a sheet with a row for each pair of numbers, and says no in words.
set -eu
out=$SPX_TEST_OUT/compare
rm -rf "$out"
mkdir -p "$out"
photo=$SPX_TEST_DATA/photos/chelsea.png

"$SPX_PROGRAM" compare "$photo" --strength 1,2.5 --convergence 0,0.5 --crop 128 --places 2 \
    --model-dir "$SPX_MODEL_DIR" -o "$out/sheet.png" > "$out/said"
grep -q 'row 4: --strength 2.5 --convergence 0.5   comfort' "$out/said"
# Width and height stand at byte 16: 2 x (128 + 4 + 128) + 8, 4 x 128 + 3 x 8.
size=$(od -An -tu1 -j16 -N8 "$out/sheet.png" | tr -s ' ')
test "$size" = " 0 0 2 16 0 0 2 24"

# It looks as closely as a conversion does: the same depth has the same comfort.
"$SPX_PROGRAM" compare "$photo" --strength 4 --convergence 0.5 --crop 128 --places 1 \
    --model-dir "$SPX_MODEL_DIR" -o "$out/one.png" > "$out/said"
score=$(sed -n 's/.*comfort \([0-9]*\) of 100.*/\1/p' "$out/said")
"$SPX_PROGRAM" convert "$photo" --strength 4 --convergence 0.5 --format depth --json \
    --model "$SPX_MODEL_DIR/spx-lite.safetensors" -o "$out/converted" > "$out/converted.json"
wanted=$(sed -n 's/.*"comfort":{"score":\([0-9.]*\).*/\1/p' "$out/converted.json")
test "$score" = "$(printf '%.0f' "$wanted")"

if "$SPX_PROGRAM" compare "$out/none.jpg" -o "$out/none.png" 2> "$out/error"; then exit 1; fi
grep -q 'none.jpg' "$out/error"
test ! -e "$out/none.png"
code=0
"$SPX_PROGRAM" compare "$photo" --strength 11 2> "$out/error" || code=$?
test "$code" = 2
code=0
"$SPX_PROGRAM" compare 2> "$out/error" || code=$?
test "$code" = 2
