# What socklog counts, in awk: requests and errors of every URL and every user in windows of ten seconds, which are the first 19 characters of
# a time stamp. Tells the keys with 20 requests or more of which a tenth failed; with -v all=1, every key.
function tell(count, errors, key) {
  for (key in count)
    if (all || (count[key] >= 20 && errors[key] > 0.1 * count[key])) print window "\t" key "\t" count[key] "\t" errors[key] + 0
}

function close_window() {
  tell(urls, url_errors)
  tell(users, user_errors)
  split("", urls)
  split("", url_errors)
  split("", users)
  split("", user_errors)
}

{
  now = substr($4, 2, 19)
  if (now != window) {
    close_window()
    window = now
  }
  url = $7
  if (mark = index(url, "?")) url = substr(url, 1, mark - 1)
  ++urls[url]
  ++users[$3]
  if ($9 >= 400) {
    ++url_errors[url]
    ++user_errors[$3]
  }
}

END { close_window() }
