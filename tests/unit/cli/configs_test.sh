# Every example that is shipped passes check-config, and so do the examples of the manual pages.
. "$(dirname "$0")/lib.sh"

# The file with the login, and the authority's, are where they are installed; here they are beside the configuration.
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 1 -keyout "$work/ca.key" -out "$work/ca.pem" 2>"$work/openssl"
sed -e "s|/etc/socklog/ca.pem|$work/ca.pem|" -e 's|^sasl.password=$|&a|' "$source_dir/configs/kafka.properties" >"$work/kafka.properties"
chmod 400 "$work/kafka.properties"
for file in "$source_dir"/configs/*.toml; do
  sed "s|/etc/socklog/kafka.properties|$work/kafka.properties|" "$file" >"$work/config.toml"
  run check-config --fail-on-warning "$work/config.toml"
  same "$file" 0 "$code"
  same "$file: messages" "" "$err"
done

# The literal block after .Sh EXAMPLES.
for page in socklog-config.5 socklog-thresholds.5; do
  awk '/^\.Sh/ { examples = /EXAMPLES/ } /^\.Ed/ { literal = 0 } examples && literal { print } /^\.Bd/ { literal = 1 }' \
    "$source_dir/man/$page" | sed -e 's/\\e/\\/g' -e '/^tls_ca/d' -e '/^thresholds = /d' >"$work/$page.toml"
  [[ -s $work/$page.toml ]] || fail "$page has no example"
  run check-config --fail-on-warning "$work/$page.toml"
  same "$page: $err" 0 "$code"
done

finish
