# What the scripts of this directory share. Arguments: EXECUTABLE SOURCE_DIR.
set -u
socklog=$1
source_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# same WHAT EXPECTED ACTUAL
same() {
  [[ $2 == "$3" ]] || fail "$1: expected '$2', got '$3'"
}

# run ARG...: runs socklog; $code, $out and $err are what came of it.
run() {
  "$socklog" "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
  out=$(<"$work/out")
  err=$(<"$work/err")
}

finish() {
  ((failures == 0)) || exit 1
  echo "ok"
}
