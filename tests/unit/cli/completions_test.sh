# The shells complete what the program says.
. "$(dirname "$0")/lib.sh"
ln -s "$(realpath "$socklog")" "$work/socklog"
PATH=$work:$PATH
touch "$work/file1" "$work/file2"
mkdir "$work/filedir"

# --- bash
. "$source_dir/completions/socklog.bash"
compopt() { :; }  # only works while bash completes

# bash_words WORD...: what bash offers for the last word
bash_words() {
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _socklog
  echo "${COMPREPLY[*]}"
}
same "bash: commands" "generate analyze thresholds check-config --help --version" "$(bash_words socklog '')"
same "bash: command" "analyze" "$(bash_words socklog an)"
same "bash: options" "--thresholds --threshold" "$(bash_words socklog analyze --thr)"
same "bash: metrics" "error_rate error_rate_by_url error_rate_by_user" "$(bash_words socklog analyze --metrics error_r)"
same "bash: metrics after a comma" "error_rate,throttled_rate" "$(bash_words socklog analyze --metrics error_rate,thr)"
same "bash: metric=" "throttled_rate=" "$(bash_words socklog analyze --threshold thr)"
same "bash: choices" "json" "$(bash_words socklog analyze --output j)"
same "bash: choices after =" "json" "$(bash_words socklog analyze --output = j)"
same "bash: all choices after =" "auto json text" "$(bash_words socklog analyze --output =)"
same "bash: formats" "combined common" "$(bash_words socklog analyze --log-format com)"
same "bash: files" 3 "$(bash_words socklog analyze --follow "$work/file" | wc -w)"
same "bash: files for an option" 3 "$(bash_words socklog thresholds -o "$work/file" | wc -w)"
same "bash: directories" "$work/filedir" "$(bash_words socklog analyze --state "$work/file")"
same "bash: no choices" "" "$(bash_words socklog generate --rate '')"

# --- zsh
if command -v zsh >/dev/null; then
  zsh -n "$source_dir/completions/_socklog" || fail "zsh: syntax"
else
  echo "zsh is not installed: its completion was not tried"
fi

# --- fish
if command -v fish >/dev/null; then
  fish -n "$source_dir/completions/socklog.fish" || fail "fish: syntax"
  fish_words() {
    fish --no-config -c "source '$source_dir/completions/socklog.fish'; complete -C '$1'" | cut -f1 | tr '\n' ' '
  }
  same "fish: command" "analyze " "$(fish_words 'socklog an')"
  same "fish: options" "--threshold --thresholds " "$(fish_words 'socklog analyze --thr')"
  same "fish: metrics" "throttled_rate " "$(fish_words 'socklog analyze --metrics thr')"
  same "fish: metrics after a comma" "error_rate,throttled_rate " "$(fish_words 'socklog analyze --metrics error_rate,thr')"
  same "fish: choices after =" "--output=json " "$(fish_words 'socklog analyze --output=j')"
  same "fish: directories" "$work/filedir/ " "$(fish_words "socklog analyze --state $work/file")"
else
  echo "fish is not installed: its completion was not tried"
fi

finish
