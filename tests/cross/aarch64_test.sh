#!/usr/bin/env bash
# The kernels of src/nn for 64-bit ARM: built by the cross compiler, run by QEMU, held to the numbers that hold for every
# table. What the tests use of cmocka is in this folder, since the package is there for this machine's processor only.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cc=aarch64-linux-gnu-gcc
run=qemu-aarch64
skip() { echo "skipped: $1"; exit 77; }
[ "$(uname -m)" != aarch64 ] || skip "this is 64-bit ARM, the unit tests have run these kernels"
command -v $cc >/dev/null || skip "no $cc (Debian: gcc-aarch64-linux-gnu, libc6-dev-arm64-cross)"
command -v $run >/dev/null || skip "no $run (Debian: qemu-user)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
sources=(src/nn/{kernels,linear,conv3,map,reserve,scratch,strassen}.c src/nn/arm/*.c src/base/*.c)
$cc -std=c17 -O2 -Wall -Wextra -Wno-psabi -Werror -D_GNU_SOURCE -DSPX_VERSION_TEXT='"cross"' -ffp-contract=off -static -Isrc -Iinclude -Itests/support \
    -Itests/cross -o "$work/kernels" "${sources[@]}" tests/support/test_lanes.c tests/unit/nn_kernels_test.c -lm -lpthread
$run "$work/kernels" | tee "$work/all"
grep -qx 'table: neon' "$work/all" || { echo "the kernels for NEON were not among them"; exit 1; }
SPX_CPU_MASK=0 $run "$work/kernels" >"$work/plain"
grep -qx 'table: plain C' "$work/plain" || { echo "the kernels in plain C were not among them"; exit 1; }
