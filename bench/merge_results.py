#!/usr/bin/env python3
"""Merges what the benchmarks wrote into one list and prints it as a table.

Input: the load generator's JSON (a list of {name, value, unit, target, at_most, note}) and any number
of Google Benchmark's. Output: a list of {name, value, unit, target, met, note}; target and met are
null where a figure has no target, value is where it was not measured, and the note then says why: a
target of such a figure is not met. Exit status 1 where a file is unreadable or a benchmark failed,
and, with --strict, where a target is missed.
"""

import argparse
import json
import pathlib
import sys


# At least so many a second.
MICRO_TARGETS = {"micro/number_set/ContainsBatch/national": 60_000_000}

# Where it stands why a target may be missed, and what would reach it.
REASONS = {
    "check_throughput_ratio": "docs/adr/0011-checks-on-the-wire-format.md",
    "check_unloaded_p50_ratio": "docs/adr/0011-checks-on-the-wire-format.md",
    "check_unloaded_p99_ratio": "docs/adr/0011-checks-on-the-wire-format.md",
    "check_throughput_raw_ratio": "docs/adr/0011-checks-on-the-wire-format.md",
    "check_unloaded_p50_raw_ratio": "docs/adr/0011-checks-on-the-wire-format.md",
    "check_unloaded_p99_raw_ratio": "docs/adr/0011-checks-on-the-wire-format.md",
    "micro/number_set/ContainsBatch/national": "docs/adr/0026-registry-index.md",
    "single_redis_ratio": "docs/adr/0031-single-checks-share-messages.md",
    "single_redis_p99_ratio": "docs/adr/0031-single-checks-share-messages.md",
    "single_blocking_redis_ratio": "docs/adr/0031-single-checks-share-messages.md",
    "single_blocking_redis_p99_ratio": "docs/adr/0031-single-checks-share-messages.md",
    "filter_random_throughput": "docs/adr/0030-send-lists-in-columns.md",
    "filter_postgres_ratio": "docs/adr/0030-send-lists-in-columns.md",
    "apply_throughput": "docs/adr/0029-judging-while-the-disk-syncs.md",
    "apply_throughput_ratio": "docs/adr/0029-judging-while-the-disk-syncs.md",
    "apply_postgres_ratio": "docs/adr/0029-judging-while-the-disk-syncs.md",
    "check_mixed_p99_ratio": "docs/adr/0029-judging-while-the-disk-syncs.md",
}


def reason_of(name, met):
    return f"missed; why: {REASONS[name]}" if met is False and name in REASONS else ""


def from_load(figures):
    for figure in figures:
        target, value = figure["target"], figure["value"]
        met = None
        if target is not None and value is None:
            met = False
        elif target is not None:
            met = value <= target if figure["at_most"] else value >= target
        row = {key: figure[key] for key in ("name", "value", "unit", "target", "note")}
        row["note"] = row["note"] or reason_of(row["name"], met)
        yield {**row, "met": met}


def memory_rows(name, run):
    """What a set takes, in bytes a number and by its entropy. The targets are the national one's."""
    for counter, unit, most in (("bytes_per_number", "bytes", 2.0),
                                ("entropy_bytes_per_number", "bytes", None),
                                ("times_entropy", "times", 2.5)):
        if counter not in run or "number_set/ContainsBatch" not in name:
            continue
        value = round(run[counter], 3)
        target = most if name.endswith("/national") else None
        met = None if target is None else value <= target
        yield {"name": f"{name}/{counter}", "value": value, "unit": unit, "target": target,
               "met": met, "note": ""}


def from_benchmark(program, document):
    """One row a benchmark: the time of one iteration, as Google Benchmark measured it."""
    for run in document["benchmarks"]:
        if run.get("error_occurred"):
            sys.exit(f"error: {program}: {run['name']}: {run['error_message']}")
        name = f"micro/{program.removesuffix('_benchmark')}/{run['name']}"
        row = {"value": round(run["cpu_time"], 3), "unit": run["time_unit"]}
        if "items_per_second" in run:
            row = {"value": round(run["items_per_second"]), "unit": "items/s"}
        target = MICRO_TARGETS.get(name)
        met = None if target is None else row["value"] >= target
        yield {"name": name, **row, "target": target, "met": met, "note": reason_of(name, met)}
        if "limit_share" in run:
            share = {"value": round(run["limit_share"], 3), "unit": "of memory's limit"}
            yield {"name": f"{name}/limit_share", **share, "target": None, "met": None, "note": ""}
        yield from memory_rows(name, run)


def read_rows(files):
    rows = []
    for file in files:
        document = json.loads(file.read_text())
        if isinstance(document, list):
            rows.extend(from_load(document))
        else:
            rows.extend(from_benchmark(file.stem, document))
    return rows


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def print_table(rows):
    headings = ("figure", "value", "unit", "target", "met")
    met = {None: "", True: "yes", False: "NO"}
    cells = [headings]
    for row in rows:
        unit = row["unit"] if row["value"] is not None else f"not measured: {row['note']}"
        target = number(row["target"])
        cells.append((row["name"], number(row["value"]), unit, target, met[row["met"]]))
    widths = [max(len(line[column]) for line in cells) for column in range(len(headings))]
    right = (1, 3)  # columns of numbers
    for line in cells:
        padded = (
            text.rjust(width) if column in right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths))
        )
        print("  ".join(padded).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path, help="what the benchmarks wrote")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="where the list goes")
    parser.add_argument("--strict", action="store_true", help="fail where a target is missed")
    args = parser.parse_args()
    try:
        rows = read_rows(args.files)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"error: {error!r}")
    args.out.write_text(json.dumps(rows, indent=2) + "\n")
    print_table(rows)
    missed = [row for row in rows if row["met"] is False]
    print(f"\n{len(rows)} figures, {sum(row['met'] is True for row in rows)} targets met, "
          f"{len(missed)} missed{':' if missed else ''}")
    for row in missed:
        print(f"  {row['name']}: {row['note'] or 'missed'}")
    print(f"written to {args.out}")
    sys.exit(1 if missed and args.strict else 0)


if __name__ == "__main__":
    main()
