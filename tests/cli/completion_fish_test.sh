#!/bin/bash
# The completion for fish offers what the program's help names, and files where those fit.
set -eu
export LC_ALL=C
command -v fish >/dev/null || { echo "skipped: no fish"; exit 77; }
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$SPX_TEST_DATA/photos"
bin=$(mktemp -d)
trap 'rm -r "$bin"' EXIT
ln -s "$SPX_PROGRAM" "$bin/spx"
export PATH="$bin:$PATH" HOME="$bin"

expect()
{
    local wanted=$1 got
    got=$(fish --no-config -c "source $root/packaging/spx.fish; complete -C '$2'" | cut -f 1 | sort | tr '\n' ' ')
    [ "$got" = "$wanted " ] || { echo "$2: offers '$got', wanted '$wanted'"; exit 1; }
}

expect 'comfort compare convert' 'spx co'
expect 'outpaint' 'spx help out'
expect '--manifest --max-file --max-pixels --max-side --memory --model --motion' 'spx convert --m'
expect 'both left right' 'spx convert --views '
expect 'spatial' 'spx convert -f spa'
expect 'left,spatial' 'spx convert --format left,spa'
expect 'auto' 'spx convert -s a'
expect 'spx-lite' 'spx convert -m spx'
expect 'boats.jpg' 'spx convert bo'
expect 'fetch' 'spx model f'
