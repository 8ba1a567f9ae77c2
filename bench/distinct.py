"""Writes combined lines of which no two have the same URL or client, ten thousand for each second of log time. Argument: how many."""
import sys

PER_SECOND = 10_000
LINE = '{}.{}.{}.{} - - [01/Jan/2026:{:02}:{:02}:{:02} +0000] "GET /item/{} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n'


def lines(first, end):
    second = first // PER_SECOND % 86400
    time = second // 3600, second // 60 % 60, second % 60
    return "".join(LINE.format(n >> 24 & 255, n >> 16 & 255, n >> 8 & 255, n & 255, *time, n) for n in range(first, end))


def main():
    count = int(sys.argv[1])
    for first in range(0, count, PER_SECOND):
        sys.stdout.write(lines(first, min(first + PER_SECOND, count)))


if __name__ == "__main__":
    main()
