#!/bin/sh
# Logs that a real Apache, nginx and Caddy write when odd requests come in must parse, with the format strings pasted as they stand in the
# servers' configurations, every line of them.
#
#   real_servers.sh PATH-OF-SOCKLOG
#
# Starts the servers on loopback, on free ports, in a temporary directory. A server that is not installed is skipped, loudly.
set -eu

socklog=$(realpath "${1:?usage: real_servers.sh PATH-OF-SOCKLOG}")
dir=$(mktemp -d "${TMPDIR:-/tmp}/socklog-servers.XXXXXX")
chmod 755 "$dir"
pid=
failures=0
checked=0

stop_server() {
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || true
  i=0
  while kill -0 "$pid" 2>/dev/null && [ $i -lt 100 ]; do
    i=$((i + 1))
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  pid=
}
trap 'stop_server; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# send_requests PORT: the odd requests, each on a connection of its own; what comes back does not matter.
cat > "$dir/send.py" <<'PY'
import base64, socket, sys, time

port = int(sys.argv[1])

def connect():
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit(f"nothing listens on port {port}")

def send(data):
    with connect() as s:
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass
        except OSError:
            pass

def get(target=b"/", headers=(), method=b"GET", version=b"HTTP/1.1"):
    lines = [method + b" " + target + b" " + version, b"Host: example.com", b"Connection: close", *headers]
    send(b"\r\n".join(lines) + b"\r\n\r\n")

def login(name):
    return b"Authorization: Basic " + base64.b64encode(name + b":secret")

raw = bytes(range(0x80, 0x100))
get()
get(b"/missing?a=b&c=%20d")
get(b"/", [b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)", b"Referer: http://example.com/a?b=c"])
get(b"/", [b"User-Agent: \"quoted\" and \\back\\slashed\\", b"Referer: \\\""])
get(b"/", [b"User-Agent: " + raw, b"Referer: \xc3\xa9\xff"])
get(b"/", [b"User-Agent: tab\there", b"Referer:"])
get(b"/", [b"User-Agent: [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\""])
get(b"/", [b"X-Forwarded-For: 203.0.113.5, 198.51.100.7"])
for name in (b"alice", b"John Doe", b"John Q. Public Jr.", b"a\"b\\c", b" blank ", b"x [17/May/2015:10:05:03 +0000] \"GET /", b"", b"-", raw,
             b"a\tb\x01c"):
    get(b"/", [login(name)])
    get(b"/private/", [login(name)])
for method in (b"POST", b"HEAD", b"OPTIONS", b"PROPFIND", b"M-SEARCH", b"get", b"FOO"):
    get(b"/", method=method)
get(b"*", method=b"OPTIONS")
get(b"192.0.2.7:7227", method=b"CONNECT")
get(b"http://example.com/absolute")
get(b"/a b c")
get(b"/" + raw)
get(b"/\"\\'<>{}|^`")
get(b"/%00%0a%22%5c")
get(b"/" + b"u" * 7000)
get(b"/" + b"u" * 20000)
get(b"/", version=b"HTTP/1.0")
get(b"/", version=b"HTTP/3.7")
get(b"/", version=b"RTSP/1.0")
send(b"GET /\r\n")
send(b"GET\r\n\r\n")
send(b"GET \r\n\r\n")
send(b" GET / HTTP/1.1\r\n\r\n")
send(b"hello world\r\n\r\n")
send(b"\r\n\r\n")
send(b"\0\0\0\0\r\n\r\n")
send(b"GET /\0nul HTTP/1.1\r\nHost: x\r\n\r\n")
send(b"GET /x\0 HTTP/1.1\r\nHost: \"\\\r\n\r\n")
send(raw + b"\r\n\r\n")
send(bytes(range(1, 32)) + b"\r\n\r\n")
send(bytes.fromhex("16030100ee010000ea0303") + bytes(range(200)) + b"\n")  # a TLS hello on the plain port
send(b"\x03\0\0\x2f\x2a\xe0\0\0\0\0\0Cookie: mstshash=Administr\r\n\x01\0\x08\0\x03\0\0\0")
send(b"SSH-2.0-Go\r\n")
send(b"t3 12.1.2\nAS:2048\nHL:19\n\n")
send(b"GET / HTTP/1.1\r\n")  # and no more
send(b"GET / HTTP/1.1\r\nHost: example.com\r\nBad header\r\n\r\n")
send(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\nGET /second HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
PY

# check NAME FORMAT LOG: every line parses.
check() {
  name=$1 format=$2 log=$3
  checked=$((checked + 1))
  lines=$(wc -l < "$log")
  if [ "$lines" -lt 20 ]; then
    echo "FAIL $name: only $lines lines were logged"
    failures=$((failures + 1))
    return
  fi
  rm -f "$dir/invalid" "$dir/summary"
  if ! "$socklog" analyze --log-format "$format" --summary "$dir/summary" --invalid-requests "$dir/invalid" "$log" \
      > "$dir/out" 2> "$dir/err"; then
    echo "FAIL $name: socklog failed: $(cat "$dir/err")"
    failures=$((failures + 1))
    return
  fi
  if python3 - "$dir/summary" "$lines" <<'PY'
import json, sys
summary = json.load(open(sys.argv[1]))
sys.exit(0 if summary["malformed"] == 0 and summary["parsed"] == summary["lines"] == int(sys.argv[2]) else 1)
PY
  then
    echo "ok   $name: $lines lines"
  else
    echo "FAIL $name: of $lines lines some did not parse: $(cat "$dir/summary")"
    cat -v "$dir/invalid" 2>/dev/null | head -20
    failures=$((failures + 1))
  fi
}

skip() {
  echo "SKIP $1 is not installed: its logs were NOT tested" >&2
}

run_apache() {
  apache=$(command -v apache2 || command -v /usr/sbin/apache2 || command -v httpd || true)
  modules=/usr/lib/apache2/modules
  if [ -z "$apache" ] || [ ! -d $modules ]; then
    skip Apache
    return
  fi
  port=$(free_port)
  mkdir -p "$dir/www/private"
  echo hello > "$dir/www/index.html"
  cp "$dir/www/index.html" "$dir/www/private/"
  : > "$dir/users"
  cat > "$dir/apache.conf" <<CONF
ServerRoot "$dir"
PidFile "$dir/apache.pid"
ServerName www.example.com
Listen 127.0.0.1:$port
ErrorLog "$dir/apache.err"
DocumentRoot "$dir/www"
RequestReadTimeout header=5 body=5
User www-data
Group www-data
<Directory "$dir/www">
  Require all granted
  AuthType Basic
  AuthName "log"
  AuthBasicProvider anon
  Anonymous *
  Anonymous_MustGiveEmail off
  Anonymous_VerifyEmail off
  Anonymous_NoUserID on
</Directory>
<Directory "$dir/www/private">
  Require valid-user
</Directory>
CONF
  for module in mpm_event authz_core authz_user auth_basic authn_core authn_anon reqtimeout dir; do
    echo "LoadModule ${module}_module $modules/mod_$module.so"
  done > "$dir/apache.modules"
  for module in unixd log_config logio; do
    if [ -e "$modules/mod_$module.so" ]; then echo "LoadModule ${module}_module $modules/mod_$module.so"; fi
  done >> "$dir/apache.modules"
  cat > "$dir/apache.formats" <<'CONF'
LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined
LogFormat "%h %l %u %t \"%r\" %>s %b" common
LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined
LogFormat "%a %u %{%Y-%m-%d %T}t.%{msec_frac}t %{%z}t \"%m %U%q %H\" %s %>s %B %D %{ms}T \"%!200,304{User-Agent}i\" %X %k %P %{X-Forwarded-For}i" pieces
LogFormat "%h\t%u\t%{usec}t\t%r\t%>s\t%I\t%O\t%{Referer}i\t%{User-Agent}i\t%L" tabs
LogFormat "{\"time\":\"%{%Y-%m-%dT%H:%M:%S%z}t\",\"client\":\"%h\",\"user\":\"%u\",\"request\":\"%r\",\"status\":%>s,\"bytes\":%B,\"agent\":\"%{User-Agent}i\"}" json
LogFormat "%h %l %u %t %r %>s %b" unquoted
CONF
  sed -n 's/^LogFormat .* \([a-z_]*\)$/\1/p' "$dir/apache.formats" > "$dir/apache.names"
  while read -r name; do echo "CustomLog \"$dir/apache.$name.log\" $name"; done < "$dir/apache.names" > "$dir/apache.logs"
  cat "$dir/apache.modules" "$dir/apache.conf" "$dir/apache.formats" "$dir/apache.logs" > "$dir/apache.all"
  "$apache" -D FOREGROUND -f "$dir/apache.all" 2> "$dir/apache.out" &
  pid=$!
  python3 "$dir/send.py" "$port" || { cat "$dir/apache.out" "$dir/apache.err" >&2; exit 1; }
  stop_server
  while read -r name; do
    check "Apache $name" "$(grep " $name\$" "$dir/apache.formats")" "$dir/apache.$name.log"
  done < "$dir/apache.names"
  check "Apache combined, by name" combined "$dir/apache.combined.log"
  check "Apache common, detected" auto "$dir/apache.common.log"
  check "Apache vhost_combined, detected" auto "$dir/apache.vhost_combined.log"
}

run_nginx() {
  nginx=$(command -v nginx || command -v /usr/sbin/nginx || true)
  if [ -z "$nginx" ]; then
    skip nginx
    return
  fi
  port=$(free_port)
  printf '%s\n' 'alice:{PLAIN}secret' 'John Doe:{PLAIN}secret' 'John Q. Public Jr.:{PLAIN}secret' > "$dir/nginx.users"
  cat > "$dir/nginx.formats" <<'CONF'
log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                '$status $body_bytes_sent "$http_referer" '
                '"$http_user_agent" "$http_x_forwarded_for"';
log_format timed '$remote_addr $remote_port $remote_user $time_iso8601 $msec "$request_method $uri$is_args$args" '
                 '$status $bytes_sent $request_time $upstream_response_time "$host"';
log_format json escape=json '{"time":"$time_iso8601","client":"$remote_addr","user":"$remote_user","request":"$request",'
                            '"status":$status,"bytes":$body_bytes_sent,"duration":$request_time,"agent":"$http_user_agent"}';
log_format members escape=json '{"msec":"$msec","remote_addr":"$remote_addr","remote_user":"$remote_user","request":"$request",'
                               '"status":"$status","body_bytes_sent":"$body_bytes_sent","http_user_agent":"$http_user_agent"}';
log_format tabs "$remote_addr\t$remote_user\t$time_local\t$request\t$status\t$http_user_agent";
log_format pipes escape=none '$time_iso8601|$remote_addr|$status|$remote_user|$request_length';
CONF
  sed -n 's/^log_format \([a-z]*\) .*/\1/p' "$dir/nginx.formats" > "$dir/nginx.names"
  {
    echo "daemon off; master_process off; pid $dir/nginx.pid; error_log $dir/nginx.err; events {}"
    echo "http {"
    for kind in client_body fastcgi proxy scgi uwsgi; do
      echo "  ${kind}_temp_path $dir/nginx_$kind;"
    done
    cat "$dir/nginx.formats"
    echo "  access_log $dir/nginx.combined.log;"
    while read -r name; do echo "  access_log $dir/nginx.$name.log $name;"; done < "$dir/nginx.names"
    echo "  server { listen 127.0.0.1:$port; root $dir/www;"
    echo "    location /private { auth_basic log; auth_basic_user_file $dir/nginx.users; } }"
    echo "}"
  } > "$dir/nginx.conf"
  mkdir -p "$dir/www"
  "$nginx" -p "$dir" -c "$dir/nginx.conf" 2> "$dir/nginx.out" &
  pid=$!
  python3 "$dir/send.py" "$port" || { cat "$dir/nginx.out" "$dir/nginx.err" >&2; exit 1; }
  stop_server
  while read -r name; do
    # The statement as it stands, down to its semicolon.
    statement=$(sed -n "/^log_format $name /,/;\$/p" "$dir/nginx.formats")
    check "nginx $name" "$statement" "$dir/nginx.$name.log"
  done < "$dir/nginx.names"
  check "nginx combined, detected" auto "$dir/nginx.combined.log"
  check "nginx main, detected" auto "$dir/nginx.main.log"
  check "nginx members, detected" auto "$dir/nginx.members.log"
  check "nginx members, by map" "json:time=msec,status=status,request=request,client=remote_addr,user=remote_user" "$dir/nginx.members.log"
}

run_caddy() {
  if ! command -v caddy > /dev/null; then
    skip Caddy
    return
  fi
  port=$(free_port)
  hash=$(caddy hash-password --plaintext secret)
  cat > "$dir/Caddyfile" <<CONF
{
  admin off
  auto_https off
}
http://:$port {
  bind 127.0.0.1
  log {
    output file $dir/caddy.log
  }
  basicauth /private/* {
    alice $hash
    "John Q. Public Jr." $hash
  }
  respond /private/* "in"
  respond "hello"
}
CONF
  HOME=$dir XDG_CONFIG_HOME=$dir XDG_DATA_HOME=$dir caddy run --config "$dir/Caddyfile" --adapter caddyfile 2> "$dir/caddy.err" &
  pid=$!
  python3 "$dir/send.py" "$port" || { cat "$dir/caddy.err" >&2; exit 1; }
  stop_server
  check "Caddy" caddy "$dir/caddy.log"
  check "Caddy, detected" auto "$dir/caddy.log"
  check "Caddy, by map" "json:time=ts,status=status,client=request.remote_ip,method=request.method,target=request.uri" "$dir/caddy.log"
}

run_apache
run_nginx
run_caddy
echo "$checked logs checked, $failures failed"
[ $failures -eq 0 ]
