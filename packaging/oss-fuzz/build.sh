#!/bin/bash -eu
# Builds every target of fuzz/ for OSS-Fuzz, with its corpus, its dictionary, and the libraries below spx: where targets run
# there are none, so they lie in lib/ beside them. NOUN... as arguments: only these targets.
# By hand: CC=clang CXX=clang++ CFLAGS="-O1 -fsanitize=address,fuzzer-no-link" LIB_FUZZING_ENGINE=-fsanitize=fuzzer
#          SRC=.. OUT=/tmp/out packaging/oss-fuzz/build.sh pfm
build=build/oss-fuzz
[ $# -gt 0 ] || set -- $(for source in fuzz/*_fuzz.c; do basename "$source" _fuzz.c; done)
mkdir -p "$OUT/lib"
# RPATH, the old tag: it is looked up for the libraries that libraries want too, which RUNPATH is not.
# shellcheck disable=SC2016
LDFLAGS="${LDFLAGS:-} -Wl,-rpath,\$ORIGIN/lib -Wl,--disable-new-dtags" cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Debug -DSPX_TESTS=ON -DSPX_FUZZ=ON \
    -DSPX_WERROR=OFF -DSPX_FUZZ_ENGINE="$LIB_FUZZING_ENGINE"
for noun; do
    target=${noun}_fuzz
    cmake --build "$build" -j"$(nproc)" --target "$target"
    cp "$build/fuzz/$target" "$OUT/"
    inputs=(fuzz/corpus/"$noun"/*)
    [ ! -d "fuzz/crashers/$noun" ] || inputs+=(fuzz/crashers/"$noun"/*)
    zip -q -j "$OUT/${target}_seed_corpus.zip" "${inputs[@]}"
    [ ! -f "fuzz/dictionaries/$noun.dict" ] || cp "fuzz/dictionaries/$noun.dict" "$OUT/$target.dict"
done
# Those that are linked, and those that spx opens when a file wants them (an ELF note names each), with what these want.
late=$(grep -aoh '"soname":\["[^"]*"' "$OUT"/*_fuzz | cut -d '"' -f 4 | sort -u)
for name in $late; do
    ldconfig -p | awk -v name="$name" '$1 == name {print $NF; exit}'
done | xargs -r cp -Lt "$OUT/lib"
for file in "$OUT"/*_fuzz "$OUT"/lib/*; do
    ldd "$file" | awk '$3 ~ /^\// && $1 !~ /^(libc|libm|ld-linux|libdl|libpthread|librt)[.-]/ {print $3}'
done | sort -u | xargs -r cp -Lnt "$OUT/lib"
