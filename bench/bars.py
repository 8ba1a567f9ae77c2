"""A picture of bars as SVG, readable on light and on dark."""
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 210, 70, 26, 40
STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.other { fill: #8c959f }
.socklog { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .other { fill: #6e7681 }
  .socklog { fill: #58a6ff }
}
</style>
"""


def draw(entries):
    """`entries`: (name, million lines per second, whether it is socklog)."""
    most = max(value for _, value, _ in entries)
    height = TOP + ROW * len(entries) + 10
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">\n',
             "<title>Lines per second of socklog and of other programs</title>\n", STYLE,
             '<text x="10" y="22">million lines per second, one thread; longer is better</text>\n']
    for i, (name, value, is_socklog) in enumerate(entries):
        top = TOP + ROW * i
        length = max(1, round((WIDTH - LEFT - RIGHT) * value / most))
        parts.append(f'<text x="{LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect class="{"socklog" if is_socklog else "other"}" x="{LEFT}" y="{top + 2}" width="{length}" height="18" rx="2"/>')
        parts.append(f'<text x="{LEFT + length + 6}" y="{top + 15}">{value:.3g}</text>\n')
    return "".join(parts) + "</svg>\n"
