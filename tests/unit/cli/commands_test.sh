# The executable: exit codes, and what goes to stdout and to stderr.
. "$(dirname "$0")/lib.sh"

run
same "no command" 2 "$code"
same "no command: stdout" "" "$out"
[[ $err == *"Usage: socklog COMMAND"* ]] || fail "no command: $err"

run --help
same "--help" 0 "$code"
same "--help: stderr" "" "$err"
run --version
same "--version" 0 "$code"
[[ $out =~ ^socklog\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "--version: $out"

for command in generate analyze thresholds check-config; do
  run "$command" --help
  same "$command --help" 0 "$code"
  [[ $out == "Usage: socklog $command"* ]] || fail "$command --help: $out"
  run "$command" --version --nonsense
  same "$command --version" 0 "$code"
  run "$command" --nonsense
  same "$command --nonsense" 2 "$code"
  [[ $err == "socklog $command: unknown flag '--nonsense'"* ]] || fail "$command --nonsense: $err"
done

run analyse
same "unknown command" 2 "$code"
[[ $err == "socklog: unknown command 'analyse' (did you mean 'analyze'?)"* ]] || fail "unknown command: $err"
run help
same "help as a command" 2 "$code"
[[ $err == "socklog: unknown command 'help' (did you mean '--help'?)"* ]] || fail "help as a command: $err"
run $'\e[31m'
[[ $err == *$'\e'* ]] && fail "an escape sequence reaches the terminal"
run --nonsense
same "flag before the command" 2 "$code"
run ""
same "empty command" 2 "$code"

run analyze --window nonsense --top x
same "bad values" 2 "$code"
same "bad values: messages" "socklog analyze: --window: 'nonsense' is not a length of time: write 10s, 5m, 1h30m or 1d
socklog analyze: --top: 'x' is not a whole number" "$err"
same "bad values: stdout" "" "$out"

run analyze --list-metrics
same "--list-metrics" 0 "$code"
[[ $out == METRIC*error_rate* ]] || fail "--list-metrics: $out"

# Both mistakes, with line, column and suggestion.
printf 'window = "10 parsecs"\n[analyze.threshold]\nerror_rat = 1\n' >"$work/bad.toml"
run check-config "$work/bad.toml"
same "check-config" 2 "$code"
same "check-config: messages" "$work/bad.toml:1:10: error: '10 parsecs' is not a length of time: write 10s, 5m, 1h30m or 1d
$work/bad.toml:3:1: error: unknown metric 'error_rat' (did you mean 'error_rate'?)" "$err"
run check-config --output json "$work/bad.toml"
same "check-config --output json" 2 "$code"
same "check-config --output json: lines" 2 "$(wc -l <"$work/out")"
same "check-config --output json: stderr" "" "$err"
[[ $out == '{"type":"socklog.diagnostic.v1","severity":"error","file":'*'"line":1,"column":10,'* ]] || fail "json: $out"

# More mistakes than anybody reads.
seq -f 'wrong%g = 1' 1234 >"$work/many.toml"
run check-config "$work/many.toml"
same "many mistakes: lines" 101 "$(wc -l <"$work/err")"
same "many mistakes: the last line" "socklog check-config: $work/many.toml: and 1,134 more" "$(tail -n 1 "$work/err")"
run check-config --output json "$work/many.toml"
same "many mistakes as JSON: lines" 100 "$(wc -l <"$work/out")"
run analyze --config "$work/many.toml"
same "many mistakes in --config" "socklog analyze: and 1,134 more" "$(tail -n 1 "$work/err")"

# What would help is said: neither fewer inputs nor a terabyte.
run analyze "$work/bad.toml" --lateness 365d
same "a long lateness" 2 "$code"
[[ $err == *": --lateness 365d keeps windows open for so long; shorten it, or lengthen --window" ]] || fail "lateness: $err"
run analyze "$work/bad.toml" "$work/many.toml" --max-skew 365d
[[ $err == *": --max-skew 365d lets inputs be so far ahead; shorten it, or lengthen --window" ]] || fail "max-skew: $err"
run analyze "$work/bad.toml" --window 365d --slide 1s
[[ $err == *": lengthen --slide" ]] || fail "slide: $err"
run analyze "$work/bad.toml" --max-keys 16000000
[[ $err == *": lower --max-keys, or raise --max-memory" ]] || fail "max-keys: $err"

# Where the smallest tables are too large, smaller ones are no advice.
run analyze $(seq -f "$work/%g.log" 3000)
same "3000 inputs" 2 "$code"
[[ $err == *"that is the least for 3,000 inputs; raise --max-memory to "*", or read fewer inputs at once" ]] || fail "3000 inputs: $err"

printf '[analyze]\nfrom = "tcp://192.0.2.1:1"\n' >"$work/warn.toml"
run check-config "$work/warn.toml"
same "warnings" 0 "$code"
[[ $err == *"warning: 'tcp://192.0.2.1:1' is insecure"* ]] || fail "warning: $err"
same "warnings: ok" "$work/warn.toml: ok, a configuration (1 setting)" "$out"
run check-config --fail-on-warning "$work/warn.toml"
same "--fail-on-warning" 2 "$code"
printf '[analyze]\nlog_format = "%%h %%Z"\n' >"$work/format.toml"
run check-config "$work/format.toml"
same "log format" 2 "$code"
[[ $err == "$work/format.toml:2:14: error: "* ]] || fail "log format: $err"
run check-config "$work/none.toml" "$work/warn.toml" "$work"
same "unreadable files" 2 "$code"
[[ $err == *"none.toml: error: cannot be opened"*"$work: error: cannot be read"* ]] || fail "unreadable: $err"
run check-config
same "check-config without files" 2 "$code"
printf '[analyze]\nfrom = "%s"\nalerts_to = "unix:%s"\n' "$work/warn.toml" "$work/nobody" >"$work/probe.toml"
run check-config --probe "$work/probe.toml"
same "--probe" 2 "$code"
same "--probe: usable" "$work/probe.toml: $work/warn.toml: ok, can be read" "$out"
[[ $err == "$work/probe.toml:3:13: error: unix:$work/nobody: cannot connect: "* ]] || fail "--probe: $err"
run check-config --probe --output json "$work/probe.toml"
same "--probe --output json" "2 3" "$code $(wc -l <"$work/out")"
[[ $out == *'{"type":"socklog.probe.v1","file":'*'"line":2,"column":8,"check":"file",'*'"outcome":"ok","detail":"can be read"}'* ]] || fail "--probe: $out"
[[ $out == *'"line":3,"column":13,"check":"connection","endpoint":"unix:'*'"outcome":"failed","detail":"unix:'* ]] || fail "--probe: $out"

# The reader of the output goes away; the disk is full.
"$socklog" analyze --help | head -n 1 >/dev/null
same "closed pipe" 0 "${PIPESTATUS[0]}"
if [[ -w /dev/full ]]; then
  "$socklog" --help >/dev/full 2>"$work/err"
  same "full disk" 1 $?
  [[ $(<"$work/err") == "socklog: cannot write to stdout: No space left on device" ]] || fail "full disk: $(<"$work/err")"
fi

# A report on stdout goes to where stdout is, after what is there already.
"$socklog" generate -q --count 30 --speed 0 --seed 1 >"$work/access.log"
echo kept >"$work/all"
"$socklog" analyze -q --alerts-to /dev/null --summary - "$work/access.log" >>"$work/all"
"$socklog" thresholds -qq "$work/access.log" >>"$work/all"
same "reports on stdout: what was there" kept "$(head -n 1 "$work/all")"
[[ $(<"$work/all") == *'"lines":30,'*'[threshold]'* ]] || fail "reports on stdout: $(<"$work/all")"

# No input and stdin is a terminal.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
  for command in analyze thresholds; do
    script -qec "'$socklog' $command" "$work/typescript" >"$work/out" 2>&1 </dev/null
    same "$command on a terminal" 2 $?
    [[ $(<"$work/out") == *"Usage: socklog $command"* ]] || fail "$command on a terminal: $(<"$work/out")"
  done
else
  echo "no pseudo-terminal to be had: stdin as a terminal was not tried"
fi

finish
