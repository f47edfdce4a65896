#!/bin/sh
# What `make install` installs is enough for another program: pkg-config and CMake find the library, shared and static, and
# the result converts a photo with the weights that came along. `make uninstall` takes all of it away again.
set -eu
build=$(dirname "$SPX_PROGRAM")
out=$SPX_TEST_OUT/install
rm -rf "$out"
mkdir -p "$out"
if nm "$build/libspx.so" | grep -q -e __asan_init -e __tsan_init -e __ubsan_; then
    echo "skipped: a library with sanitizers wants a program with them"
    exit 77
fi

# Debian's list of the library's functions is whole: other packages' versions are found by it.
symbols=$(dirname "$0")/../../debian/libspx0.symbols
sed -n 's/^ \([^@]*\)@Base .*/\1/p' "$symbols" | sort >"$out/listed"
nm -D --defined-only "$build/libspx.so" | sed -n 's/.* [TDBR] \(spx_.*\)/\1/p' | sort >"$out/defined"
diff -u "$out/listed" "$out/defined" || { echo "debian/libspx0.symbols is not what libspx.so defines" >&2; exit 1; }

cmake --install "$build" --prefix "$out/usr" >/dev/null
test -s "$out/usr/share/bash-completion/completions/spx"
test -s "$out/usr/share/zsh/site-functions/_spx"
test -s "$out/usr/share/fish/vendor_completions.d/spx.fish"
"$out/usr/bin/spx" --version | grep -q '^spx '

cat >"$out/ten.c" <<'END'
#include <spx/spx.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.formats = SPX_FORMAT_SPATIAL;
    if (argc < 2 || spx_engine_create(&engine, NULL, &diag) != SPX_OK ||
        spx_convert(engine, &(spx_input){ .path = argv[1] }, &options, NULL, &result, &diag) != SPX_OK)
        return fprintf(stderr, "%s\n", diag.text), 1;
    printf("%s %s\n", spx_result_file(result, 0)->name, spx_result_summary(result)->model);
    spx_result_destroy(result);
    spx_engine_destroy(engine);
    return 0;
}
END
PKG_CONFIG_PATH=$(dirname "$(find "$out/usr" -name spx.pc)")
export PKG_CONFIG_PATH
package="pkg-config --define-variable=prefix=$out/usr"
library=$($package --variable=libdir spx)
SPX_MODEL_DIR=$out/usr/share/spx/models
export SPX_MODEL_DIR

# shellcheck disable=SC2046 # one word a flag
cc -std=c17 -Wall -Wextra -Wpedantic -Werror "$out/ten.c" -o "$out/shared" $($package --cflags --libs spx)
test "$(LD_LIBRARY_PATH=$library "$out/shared" "$SPX_TEST_DATA/photos/chelsea.png")" = "chelsea_spatial.heic spx-lite"

# shellcheck disable=SC2046
cc -std=c17 "$out/ten.c" -o "$out/static" $($package --cflags spx) \
    $($package --static --libs spx | sed 's/-lspx/-l:libspx.a/')
test "$("$out/static" "$SPX_TEST_DATA/photos/chelsea.png")" = "chelsea_spatial.heic spx-lite"

mkdir "$out/cmake"
cat >"$out/cmake/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(ten LANGUAGES C)
find_package(spx REQUIRED)
add_executable(ten ../ten.c)
target_link_libraries(ten PRIVATE spx::spx)
END
cmake -S "$out/cmake" -B "$out/cmake/build" -DCMAKE_PREFIX_PATH="$out/usr" >/dev/null
cmake --build "$out/cmake/build" >/dev/null
test "$("$out/cmake/build/ten" "$SPX_TEST_DATA/photos/chelsea.png")" = "chelsea_spatial.heic spx-lite"

cmake --build "$build" --target uninstall >/dev/null
left=$(cd "$out/usr" && find . -type f -o -path '*/spx*')
test -z "$left" || { echo "left behind by uninstall: $left"; exit 1; }

# What is not ours stays, in our folders too, and so does a folder of our name that holds the whole.
cmake --install "$build" --prefix "$out/spx" >/dev/null
: >"$out/spx/share/spx/models/own.safetensors"
cmake --build "$build" --target uninstall >/dev/null
left=$(cd "$out/spx" && find . -type f -o -path '*/spx*' | sort | tr '\n' ' ')
test "$left" = "./share/spx ./share/spx/models ./share/spx/models/own.safetensors " || { echo "uninstall left: $left"; exit 1; }
