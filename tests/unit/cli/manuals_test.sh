# Each manual page names exactly the options of its command, and is well-formed.
. "$(dirname "$0")/lib.sh"

# Flags that .It lines of a page define.
page_flags() {
  sed -n 's/^\.It //p' "$1" | grep -o 'Fl -[a-z0-9-]*' | sed 's/^Fl -/--/' | sort -u
}

for command in generate analyze thresholds check-config; do
  page=$source_dir/man/socklog-$command.1
  "$socklog" complete options "$command" | cut -f1 | sort -u >"$work/table"
  [[ -s $work/table ]] || fail "$command has no options"
  page_flags "$page" >"$work/page"
  difference=$(diff "$work/table" "$work/page") || fail "$page differs from the table of options:"$'\n'"$difference"
  grep -q "^\.Ic $command\|^\.It Ic $command" "$source_dir/man/socklog.1" || fail "socklog.1 does not name $command"
done

if command -v mandoc >/dev/null; then
  for page in "$source_dir"/man/*.[15]; do
    # Cross references are looked up in the system's database, where socklog's own are not yet.
    warnings=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'mandoc.db') && fail "$warnings"
  done
else
  echo "mandoc is not installed: pages were not linted"
fi

finish
