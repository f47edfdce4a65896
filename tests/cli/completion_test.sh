#!/bin/bash
# The completion for bash offers what the program's help names, and files where those fit.
set -eu
export LC_ALL=C
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=/dev/null
. "$root/packaging/spx.bash"
cd "$SPX_TEST_DATA/photos"

# What is offered for the last of the words, on one line, sorted.
offered()
{
    COMP_WORDS=("$SPX_PROGRAM" "$@")
    COMP_CWORD=$#
    local before=${COMP_WORDS[COMP_CWORD - 1]}
    _spx "$SPX_PROGRAM" "${COMP_WORDS[COMP_CWORD]}" "$before"
    printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
}

expect()
{
    local wanted=$1 got
    shift
    got=$(offered "$@")
    [ "$got" = "$wanted " ] || { echo "spx $*: offers '$got', wanted '$wanted'"; exit 1; }
}

expect 'comfort compare convert' co
expect '--photo' --p
expect 'outpaint' help out
expect '--manifest --max-file --max-pixels --max-side --memory --model --motion' convert --m
expect '--jobs --json' convert --j
expect 'both left right' convert --views ''
expect 'spatial' convert -f spa
expect 'auto' convert --strength a
expect 'auto' convert -s a
expect 'spx-lite' convert -m spx
expect 'boats.jpg' convert bo
expect 'boats.jpg' convert -q bo
expect 'boats.jpg' convert -o bo
expect 'fetch' model f
expect 'depth-anything-v2-small' model fetch depth-anything-v2-s
expect '--comfort' info --c
expect '--optional-format --outpaint --output --overwrite' --photo boats.jpg --o
