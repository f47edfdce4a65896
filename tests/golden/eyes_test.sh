#!/bin/sh
# Crops of both eyes at the largest depth steps of four photos with hard edges, in their own pixels,
# for people to look at: SPX_TEST_OUT/eyes/NAME.png. Of the smallest under a sanitizer, which looks at the code and not at pictures.
set -eu
out=$SPX_TEST_OUT/eyes
mkdir -p "$out"
photos='two_seeds.jpg chelsea.png boats.jpg astronaut.png'
if grep -q __asan_init "$SPX_PROGRAM"; then
    photos=chelsea.png
fi
for name in $photos; do
    "$SPX_PROGRAM" compare "$SPX_TEST_DATA/photos/$name" --strength 2.5 --convergence 0.5 \
        --places 3 --model-dir "$SPX_MODEL_DIR" -o "$out/${name%.*}.png" > "$out/${name%.*}.txt"
    test -s "$out/${name%.*}.png"
    grep -q 'comfort' "$out/${name%.*}.txt"
done
