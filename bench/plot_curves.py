#!/usr/bin/env python3
"""Draws docs/img/curves.svg out of what bench/measure_curves.py measured.

Plain SVG without libraries; the same JSON gives the same bytes. A panel whose figures are missing is
drawn empty and says so.
"""

import argparse
import json
import math
import pathlib

WIDTH, HEIGHT = 300, 224  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 54, 34  # its margins
COLUMNS = 3
LABELS_IN_ROW = 2
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df")


def is_drawn(value):
    """Not what is missing, nor what drowned in noise: a small registry's memory beside a process's."""
    return value is not None and value > 0


def each_by_cores(*named):
    """A line a figure and a number of cores: (figure, how its label begins, factor).

    Of several figures only the fewest and the most cores are drawn.
    """

    def lines(points):
        cores = sorted({point["cores"] for point in points})
        drawn = cores if len(named) == 1 else cores[:1] + cores[-1:]
        found = {}
        for name, label, factor in named:
            for point in points:
                value = point["figures"].get(name)
                if is_drawn(value) and point["cores"] in drawn:
                    named_cores = f"{point['cores']} core" + ("s" if point["cores"] > 1 else "")
                    line = found.setdefault(label + named_cores, [])
                    line.append((point["numbers"], value * factor))
        return found

    return lines


def by_cores(name, factor=1.0):
    """A line a number of cores."""
    return each_by_cores((name, "", factor))


def of_all_cores(*named):
    """Lines of several figures, dncd having all cores: (figure, label, factor)."""

    def lines(points):
        most = max((point["cores"] for point in points), default=0)
        found = {}
        for name, label, factor in named:
            for point in points:
                value = point["figures"].get(name)
                if point["cores"] == most and is_drawn(value):
                    found.setdefault(label, []).append((point["numbers"], value * factor))
        return found

    return lines


PANELS = (
    ("import, s", by_cores("import_seconds")),
    (
        "memory, bytes a number",
        of_all_cores(
            ("registry_memory_per_number", "in memory", 1),
            ("registry_entropy_per_number", "entropy", 1),
        ),
    ),
    (
        "start to first answer, s",
        each_by_cores(
            ("start_seconds", "warm, ", 1),
            ("start_cold_seconds", "cold, ", 1),
            ("start_cold_files_seconds", "cold, ", 1),
        ),
    ),
    ("CheckContact, thousand/s", by_cores("check_saturated_throughput", 1e-3)),
    (
        "CheckContact alone, µs",
        each_by_cores(("check_unloaded_p50", "p50, ", 1), ("check_unloaded_p99", "p99, ", 1)),
    ),
    ("FilterContacts, million/s", by_cores("filter_random_throughput", 1e-6)),
    ("64 single checks, thousand/s", by_cores("single_64_throughput", 1e-3)),
    (
        "64 single checks, p99, ms",
        by_cores("single_64_p99", 1e-3),
    ),
    (
        "single check alone, µs",
        each_by_cores(("single_1_p50", "p50, ", 1), ("single_1_p99", "p99, ", 1)),
    ),
)


def short(value):
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{unit}"
    return f"{value:g}"


def nice_steps(highest):
    """Ticks from zero to at least `highest`, four or so."""
    raw = highest / 4 if highest > 0 else 1
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    count = math.ceil(highest / step - 1e-9) or 1
    return [step * i for i in range(count + 1)]


class Panel:
    """One chart: sizes along the bottom (logarithmic), values from zero up."""

    def __init__(self, title, lines, sizes):
        self.title, self.lines, self.sizes = title, lines, sizes
        self.ticks = nice_steps(max((y for line in lines.values() for _, y in line), default=1))

    def x(self, numbers):
        low, high = math.log10(self.sizes[0]), math.log10(self.sizes[-1])
        share = (math.log10(numbers) - low) / (high - low) if high > low else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        return HEIGHT - BOTTOM - value / self.ticks[-1] * (HEIGHT - TOP - BOTTOM)

    def axes(self):
        for tick in self.ticks:
            y = self.y(tick)
            yield f'<path class="g" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            yield f'<text class="y" x="{LEFT - 6}" y="{y + 3.5:.1f}">{tick:g}</text>'
        for size in self.sizes:
            yield f'<text class="x" x="{self.x(size):.1f}" y="{HEIGHT - BOTTOM + 16}">{short(size)}</text>'

    def curves(self):
        for index, (label, line) in enumerate(self.lines.items()):
            colour = COLOURS[index % len(COLOURS)]
            places = [(self.x(x), self.y(y)) for x, y in sorted(line)]
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            yield f'<path class="l" stroke="{colour}" d="M{path}"/>'
            for x, y in places:
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'
            row, column = divmod(index, LABELS_IN_ROW)
            yield f'<text x="{LEFT + column * 84}" y="{32 + row * 13}" fill="{colour}">{label}</text>'

    def svg(self):
        yield f'<text class="t" x="{LEFT}" y="16">{self.title}</text>'
        if not self.lines:
            yield f'<text x="{LEFT}" y="{HEIGHT // 2}">not measured</text>'
            return
        yield from self.axes()
        yield from self.curves()


STYLE = (
    "text{font:11px sans-serif;fill:#59636e}.t{font-weight:bold;fill:#1f2328}.y{text-anchor:end}"
    ".x{text-anchor:middle}.g{stroke:#d1d9e0;fill:none}.l{fill:none;stroke-width:1.8}"
)


def draw(document):
    points = document["points"]
    sizes = sorted({point["numbers"] for point in points})
    rows = -(-len(PANELS) // COLUMNS)
    width, height = COLUMNS * WIDTH, rows * HEIGHT + 22
    machine = document["machine"]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for index, (title, lines) in enumerate(PANELS):
        x, y = index % COLUMNS * WIDTH, index // COLUMNS * HEIGHT
        out.append(f'<g transform="translate({x} {y})">')
        out.extend(Panel(title, lines(points), sizes).svg())
        out.append("</g>")
    where = f"numbers in the registry; {machine['cpu']}, {machine['cores']} cores, load generator on them too"
    out.append(f'<text x="{LEFT}" y="{height - 8}">{where}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("curves", type=pathlib.Path, help="what measure_curves.py wrote")
    parser.add_argument("out", type=pathlib.Path, help="the folder of the drawing")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    file = args.out / "curves.svg"
    file.write_text(draw(json.loads(args.curves.read_text())))
    print(f"drawn to {file}")


if __name__ == "__main__":
    main()
