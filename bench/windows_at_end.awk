# The same counts as windows.awk, as one would write it first: all windows stay until the end.
{
  window = substr($4, 2, 19)
  url = $7
  if (mark = index(url, "?")) url = substr(url, 1, mark - 1)
  ++count[window "\t" url]
  ++count[window "\t" $3]
  if ($9 >= 400) {
    ++errors[window "\t" url]
    ++errors[window "\t" $3]
  }
}

END {
  for (key in count)
    if (all || (count[key] >= 20 && errors[key] > 0.1 * count[key])) print key "\t" count[key] "\t" errors[key] + 0
}
