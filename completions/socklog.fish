# fish completion for socklog. The words come from the program itself.

function __socklog_words
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    if test (count $words) -eq 1
        $program complete commands 2>/dev/null
        return
    end
    set -l command $words[2]
    set -l flag $words[-1]
    set -l prefix ''
    if string match -qr -- '^--[^=]+=' $current
        set flag (string split -m1 -- '=' $current)[1]
        set prefix $flag=
    else if string match -q -- '-*' $current
        $program complete options $command 2>/dev/null
        return
    end
    set -l answer :files
    if string match -qr -- '^-.' $flag
        set answer ($program complete choices $command $flag 2>/dev/null)
    end
    switch "$answer[1]"
        case :files :switch
            __fish_complete_path $current
        case :directories
            __fish_complete_directories $current
        case '*'
            # What stands before the last comma stays.
            if not string match -qr -- '=\t' "$answer[1]"; and string match -q -- '*,*' $current
                set prefix (string match -r -- '.*,' $current)
            end
            for line in $answer
                echo $prefix$line
            end
    end
end

complete -c socklog -f -a '(__socklog_words)'
