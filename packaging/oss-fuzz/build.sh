#!/bin/bash -eu
# Builds every target of fuzz/ for OSS-Fuzz, with its corpus and dictionary.
cmake -S . -B build/oss-fuzz -DCMAKE_BUILD_TYPE=Debug -DSPX_TESTS=ON -DSPX_FUZZ=ON -DSPX_WERROR=OFF \
    -DSPX_FUZZ_ENGINE="$LIB_FUZZING_ENGINE"
for source in fuzz/*_fuzz.c; do
    target=$(basename "$source" .c)
    noun=${target%_fuzz}
    cmake --build build/oss-fuzz -j"$(nproc)" --target "$target"
    cp "build/oss-fuzz/fuzz/$target" "$OUT/"
    zip -q -j "$OUT/${target}_seed_corpus.zip" fuzz/corpus/"$noun"/* 
    [ ! -f "fuzz/dictionaries/$noun.dict" ] || cp "fuzz/dictionaries/$noun.dict" "$OUT/$target.dict"
done
