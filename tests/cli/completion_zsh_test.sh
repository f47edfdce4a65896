#!/bin/bash
# The completion for zsh offers what the program's help names, and files where those fit. zsh's builtins for completion
# work in its line editor alone; here others of the same name print what they are given.
set -eu
export LC_ALL=C
command -v zsh >/dev/null || { echo "skipped: no zsh"; exit 77; }
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$SPX_TEST_DATA/photos"
file=$(mktemp)
trap 'rm "$file"' EXIT
cat > "$file" <<END
compset() { : }
compadd() {
    local -a offered
    while (( \$# )); do
        case \$1 in
        -a) offered+=(\${(P)2}); shift 2 ;;
        -S) shift 2 ;;
        *) shift ;;
        esac
    done
    print -rl -- \$offered | grep -e "^\${PREFIX##*,}" || true
}
_files() { print -rl -- \${PREFIX}*(N) }
words=("\${(@)argv}") CURRENT=\$#words PREFIX=\${words[CURRENT]}
source $root/packaging/spx.zsh
END

expect()
{
    local wanted=$1 got
    shift
    got=$(zsh -f "$file" "$SPX_PROGRAM" "$@" | sort | tr '\n' ' ')
    [ "$got" = "$wanted " ] || { echo "spx $*: offers '$got', wanted '$wanted'"; exit 1; }
}

zsh -n "$root/packaging/spx.zsh"
expect 'comfort compare convert' co
expect 'outpaint' help out
expect '--manifest --max-file --max-pixels --max-side --memory --model --motion' convert --m
expect 'both left right' convert --views ''
expect 'spatial' convert -f spa
expect 'spatial' convert --format left,spa
expect 'auto' convert -s a
expect 'spx-lite' convert -m spx
expect 'boats.jpg' convert bo
expect 'fetch' model f
