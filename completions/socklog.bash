# bash completion for socklog. The words come from the program itself.

# _socklog_reply CURRENT WORDS: what fits CURRENT, after its last comma; a word that ends in = is completed further.
_socklog_reply() {
  local before=
  if [[ $1 == *,* && $2 != *=* ]]; then
    before=${1%,*},
  fi
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$2" -- "${1#"$before"}")
  if [[ ${COMPREPLY[0]-} == *= ]]; then
    compopt -o nospace
  fi
}

_socklog_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$2" -- "$1")
}

_socklog() {
  local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]-} current=${COMP_WORDS[COMP_CWORD]} flag words
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _socklog_reply "$current" "$("$program" complete commands 2>/dev/null | cut -f1) --help --version"
    return
  fi
  if [[ $current == -* ]]; then
    _socklog_reply "$current" "$("$program" complete options "$command" 2>/dev/null | cut -f1)"
    return
  fi
  # "--flag=value" is three words to bash, "--flag value" two.
  flag=${COMP_WORDS[COMP_CWORD - 1]}
  if [[ $current == '=' ]]; then
    current=
  elif [[ $flag == '=' ]]; then
    flag=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  words=:files
  if [[ $flag == -?* ]]; then
    words=$("$program" complete choices "$command" "$flag" 2>/dev/null | cut -f1)
  fi
  case $words in
    :files | :switch) _socklog_files "$current" -f ;;
    :directories) _socklog_files "$current" -d ;;
    *) _socklog_reply "$current" "$words" ;;
  esac
}

complete -F _socklog socklog
