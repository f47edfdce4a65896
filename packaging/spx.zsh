#compdef spx
# Completion of spx in zsh. Verbs, options and the words that an option takes come from the program's own help, so that
# this file does not have to know them. Everything else is a file or folder.

_spx_help()
{
    "$program" help ${1:+"$1"} 2>/dev/null
}

# Words for the value of an option of a verb, one a line.
_spx_choices()
{
    local verb=$1 option=$2
    case $option in
    -f | --format | --formats) _spx_help convert | sed -n '/^Formats:/,/^Exit code/s/^  \([a-z][a-z0-9-]*\) .*/\1/p' ;;
    -m | --model)
        printf 'auto\n'
        "$program" model list 2>/dev/null | sed -n 's/^[* ] \([^ ][^ ]*\)  *[0-9.]* MB .*/\1/p'
        ;;
    *)
        _spx_help "$verb" | sed -nE "s/^ *(-[a-z], )?(--[a-z0-9-]*) ([^ ]*\|[^ ]*).*/\1\2 \3/p" |
            while read -r short long value; do
                [[ -n $value ]] || { value=$long long=$short short= }
                [[ $option == "$long" || $option == "${short%,}" ]] || continue
                print -rl -- ${(s:|:)value} | grep '^[a-z]'
            done
        ;;
    esac
}

_spx()
{
    local program=${words[1]} verb=${words[2]} word=${words[CURRENT]} before=${words[CURRENT-1]}
    local -a found
    if (( CURRENT == 2 )) && [[ $word != -* ]]; then
        found=(${(f)"$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p')"} help)
        compadd -a found
        return
    fi
    if [[ $verb == help ]]; then
        found=(${(f)"$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p')"})
        compadd -a found
        return
    fi
    [[ $verb != -* ]] || verb=convert
    if [[ $word == -* ]]; then
        found=(${(f)"$(_spx_help "$verb" | sed -nE 's/^ *(-[a-z], )?(--[a-z0-9-]*).*/\2/p')"})
        compadd -a found
        return
    fi
    if [[ $before == -f || $before == --format || $before == --formats ]]; then
        found=(${(f)"$(_spx_choices "$verb" "$before")"})
        compset -P '*,' # words joined by commas
        compadd -S '' -a found
        return
    fi
    [[ $before != -* ]] || found=(${(f)"$(_spx_choices "$verb" "$before")"})
    if [[ $verb == model && $CURRENT == 3 ]]; then
        found=(list fetch add verify remove)
    fi
    (( ${#found} )) && compadd -a found || _files
}

_spx "$@"
