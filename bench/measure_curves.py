#!/usr/bin/env python3
"""Measures what the size of the registry and the number of cores cost.

Runs dnc_loadgen once for each size and each number of cores that dncd may use, without peers, and
writes {"machine": …, "points": [{"numbers", "cores", "figures": {name: value}}]} for
bench/plot_curves.py. Each run imports its registry anew. The load generator has all cores.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

SIZES = (1_000_000, 10_000_000, 100_000_000, 250_000_000)
QUICK_SIZES = (1_000_000, 10_000_000)
SCENARIOS = ("import", "checks", "singles", "filter", "start")


def measure(args, numbers, cores):
    figures = args.work_dir / f"curve-{numbers}-{cores}.json"
    command = [
        args.bin / "dnc_loadgen",
        "--dncd", args.bin / "dncd",
        "--echo-server", args.bin / "dnc_echo_server",
        "--work-dir", args.work_dir,
        "--json", figures,
        "--quick",
        "--registry", str(numbers),
        "--peer-numbers", "0",
        "--gateway-cpus", f"0-{cores - 1}",
        "--only", *SCENARIOS,
    ]  # fmt: skip
    print(f"==> {numbers:,} numbers, dncd on {cores} core(s)", flush=True)
    subprocess.run(command, check=True)
    values = {f["name"]: f["value"] for f in json.loads(figures.read_text())}
    return {"numbers": numbers, "cores": cores, "figures": values}


def model_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="where the programs are")
    parser.add_argument("--work-dir", required=True, type=pathlib.Path, help="a folder on a disk")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the JSON to write")
    parser.add_argument("--quick", action="store_true", help="up to 10 million numbers only")
    args = parser.parse_args()
    cores = os.cpu_count() or 1
    counts = sorted({1, 2, 4, cores} & set(range(1, cores + 1)))
    points = []
    for numbers in QUICK_SIZES if args.quick else SIZES:
        for count in counts:
            try:
                points.append(measure(args, numbers, count))
            except (OSError, subprocess.CalledProcessError) as error:
                sys.exit(f"error: {error}")
    document = {"machine": {"cpu": model_name(), "cores": cores}, "points": points}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(document, indent=1) + "\n")
    print(f"written to {args.out}")


if __name__ == "__main__":
    main()
