# Completion of spx in bash. Verbs, options and the words that an option takes come from the program's own help, so that
# this file does not have to know them. Everything else is a file or folder.

_spx_words()
{
    local program=$1 verb=$2
    case $verb in
    '') "$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' && printf '%s\n' help --help --version --photo ;;
    -*) "$program" help convert | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' ;;
    *) "$program" help "$verb" | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' ;;
    esac 2>/dev/null
}

# "--views both|right|left" in the help gives both, right and left.
_spx_choices()
{
    local program=$1 verb=$2 option=$3
    case $option in
    -f | --format | --formats)
        "$program" help convert 2>/dev/null |
            sed -n '/^Formats:/,/^Exit code/s/^  \([a-z][a-z0-9-]*\) .*/\1/p'
        ;;
    -m | --model)
        printf 'auto\n'
        "$program" model list 2>/dev/null | sed -n 's/^[* ] \([^ ][^ ]*\)  *[0-9.]* MB .*/\1/p'
        ;;
    *)
        "$program" help "$verb" 2>/dev/null |
            sed -n "s/^ *\(-[a-z], \)\{0,1\}\(--[a-z0-9-]*\) \([^ ]*|[^ ]*\).*/\1\2 \3/p" |
            while read -r short long value; do
                [ -n "$value" ] || { value=$long long=$short short=; }
                [ "$option" = "$long" ] || [ "$option" = "${short%,}" ] || continue
                printf '%s\n' "$value" | tr '|' '\n' | grep '^[a-z]'
            done
        ;;
    esac
}

_spx()
{
    local program=$1 word=$2 before=$3 verb= choices
    [ "$COMP_CWORD" -le 1 ] || verb=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -le 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_spx_words "$program" '')" -- "$word")
    elif [ "$verb" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p')" -- "$word")
        return
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_spx_words "$program" "$verb")" -- "$word")
    elif [[ $before == -* ]]; then
        choices=$(_spx_choices "$program" "${verb/#-*/convert}" "$before")
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    elif [ "$verb" = model ] && [ "$COMP_CWORD" -eq 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'list fetch add verify remove' -- "$word")
    elif [ "$verb" = model ] && [ "${COMP_WORDS[2]}" = fetch ]; then
        mapfile -t COMPREPLY < <(compgen -W 'recommended depth-anything-v2-small depth-anything-v2-base depth-anything-v2-large depth-anything-3-mono depth-anything-3-metric' -- "$word")
    fi
    if [ "${#COMPREPLY[@]}" -eq 0 ] && [[ $word != -* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _spx spx
