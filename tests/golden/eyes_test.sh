#!/bin/sh
# Crops of both eyes at the largest depth steps of four photos with hard edges, in their own pixels,
# for people to look at: SPX_TEST_OUT/eyes/NAME.png.
set -eu
out=$SPX_TEST_OUT/eyes
mkdir -p "$out"
for name in two_seeds.jpg chelsea.png boats.jpg astronaut.png; do
    "$SPX_PROGRAM" compare "$SPX_TEST_DATA/photos/$name" --strength 2.5 --convergence 0.5 \
        --places 3 --model-dir "$SPX_MODEL_DIR" -o "$out/${name%.*}.png" > "$out/${name%.*}.txt"
    test -s "$out/${name%.*}.png"
    grep -q 'comfort' "$out/${name%.*}.txt"
done
