# Completion of spx in fish. Verbs, options and the words that an option takes come from the program's own help, so that
# this file does not have to know them. Everything else is a file or folder.

function __spx_verb
    set -l words (commandline -opc)
    if set -q words[2]; and not string match -q -- '-*' $words[2]
        echo $words[2]
    else
        echo convert
    end
end

# Runs the program that is being completed.
function __spx_run
    set -l words (commandline -opc)
    set -l program $words[1]
    $program $argv 2>/dev/null
end

function __spx_is_first
    test (count (commandline -opc)) -eq 1
end

function __spx_verbs
    __spx_run --help | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
    printf 'help\tsays more about a verb\n'
end

function __spx_options
    __spx_run help (__spx_verb) | string match -rg '^ +(?:-[a-z], )?(--[a-z0-9-]+)'
end

# Words for the value of the option before the cursor.
function __spx_choices
    set -l words (commandline -opc)
    set -l option $words[-1]
    switch $option
        case -f --format --formats
            set -l begin (commandline -ct | string match -r '.*,')
            for word in (__spx_run help convert | sed -n '/^Formats:/,/^Exit code/s/^  \([a-z][a-z0-9-]*\) .*/\1/p')
                echo "$begin$word"
            end
        case -m --model
            echo auto
            __spx_run model list | sed -n 's/^[* ] \([^ ][^ ]*\)  *[0-9.]* MB .*/\1/p'
        case '-*'
            set -l form "(?:-[a-z], )?$option"
            string match -qr '^-[a-z]$' -- $option; and set form "$option, --[^ ]+"
            __spx_run help (__spx_verb) | string match -rg "^ +$form ([^ ]*\|[^ ]*)" | string split '|' | string match -r '^[a-z]+$'
    end
end

function __spx_wants_choice
    set -l words (commandline -opc)
    string match -q -- '-*' $words[-1]; and test (count (__spx_choices)) -gt 0
end

complete -c spx -n __spx_is_first -f -a '(__spx_verbs)'
complete -c spx -n 'test (__spx_verb) = help' -f -a '(__spx_verbs)'
complete -c spx -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__spx_options)'
complete -c spx -n __spx_wants_choice -f -a '(__spx_choices)'
complete -c spx -n '__fish_seen_subcommand_from model; and test (count (commandline -opc)) -eq 2' -f -a 'list fetch add verify remove'
