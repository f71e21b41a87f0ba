#!/usr/bin/env python3
"""Runs clang-tidy over this project's sources in a compile_commands.json.

A unit that was clean is looked at again only where something that could change the answer has
changed: its preprocessed text with comments, the compiler's flags, .clang-tidy or clang-tidy
itself. A digest of those names an empty file in the cache. Exit status 0 where every unit is clean.

Most units are a folder's sources together (CMake's unity build): headers, which take nearly all of
the time, are then read once for a dozen sources.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("bench", "client", "server", "storage", "tests")
# Added to .clang-tidy's checks under tests/ and bench/; see there.
TEST_CHECKS = "-misc-*,-modernize-*,-performance-*"
# What a unit of many sources would be told of itself.
UNITY_CHECKS = "-bugprone-suspicious-include"
UNITY_SOURCE = re.compile(r'^#include "(.+\.cc)"$', re.MULTILINE)
# clang-tidy counts warnings of system headers aloud, and does not show them.
NOISE = re.compile(
    r"^(\d+ warnings? (and \d+ errors? )?generated\.|Suppressed \d+ warnings.*|Use -header-filter.*"
    r"|Error while processing .*|Found compiler errors?.*)\n?",
    re.MULTILINE,
)


def run(arguments, directory=None):
    return subprocess.run(
        arguments, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False
    )


def sources_of(file):
    """This project's own sources in a unit: the file itself, or what a unity file includes."""
    listed = [file]
    if file.parent.name == "Unity":
        listed = [pathlib.Path(name) for name in UNITY_SOURCE.findall(file.read_text())]
    return [
        source.relative_to(ROOT).as_posix()
        for source in listed
        if any(source.is_relative_to(ROOT / folder) for folder in FOLDERS)
    ]


class Unit:
    def __init__(self, entry):
        self.entry = entry
        self.file = pathlib.Path(entry["directory"], entry["file"]).resolve()
        self.sources = sources_of(self.file)

    @property
    def name(self):
        """Of one source its path, of more their folder and names."""
        if len(self.sources) == 1:
            return self.sources[0]
        folders = sorted({os.path.dirname(source) for source in self.sources})
        stems = [pathlib.PurePosixPath(source).stem for source in self.sources]
        return f"{'|'.join(folders)}/{{{','.join(stems)}}}.cc"


def own_units(build):
    """The units of this project's own sources; nothing that is generated."""
    units = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        unit = Unit(entry)
        if unit.sources:
            units[tuple(unit.sources)] = unit
    return [units[sources] for sources in sorted(units)]


def preprocess_command(entry):
    """The entry's command, made to print the preprocessed text with comments and without lines."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    if os.path.basename(words[0]) == "ccache":
        words = words[1:]
    kept, skip = [], False
    for word in words:
        if skip or word in ("-o", "-MF", "-MT", "-MQ"):
            skip = not skip
        elif word not in ("-c", "-MD", "-MMD"):
            kept.append(word)
    return [*kept, "-E", "-P", "-CC", "-o", "-"]


class Tidy:
    def __init__(self, build, cache):
        self.build = build
        self.cache = cache
        version = run(["clang-tidy", "--version"]).stdout
        checks = (TEST_CHECKS + UNITY_CHECKS).encode()
        self.common = version + (ROOT / ".clang-tidy").read_bytes() + checks
        root = re.escape(str(ROOT))
        self.header_filter = f"^{root}/({'|'.join(FOLDERS)})/"

    def digest(self, entry):
        """What the answer for the entry depends on, or None where it does not even preprocess."""
        command = preprocess_command(entry)
        text = run(command, entry["directory"])
        if text.returncode != 0:
            return None
        flags = "\0".join(command).replace(str(ROOT), "")
        body = text.stdout.replace(str(ROOT).encode(), b"")
        return hashlib.sha256(self.common + flags.encode() + b"\0" + body).hexdigest()

    def check(self, unit):
        """(unit, "cached" | "clean" | "failed", output, seconds)."""
        start = time.monotonic()
        digest = self.digest(unit.entry)
        mark = self.cache / digest if digest else None
        if mark and mark.exists():
            os.utime(mark)
            return unit, "cached", "", time.monotonic() - start
        command = ["clang-tidy", "--quiet", "-p", str(self.build), f"-header-filter={self.header_filter}"]
        checks = UNITY_CHECKS
        if unit.sources[0].startswith(("bench/", "tests/")):
            checks += "," + TEST_CHECKS
        command.append(f"-checks={checks}")
        result = run([*command, str(unit.file)], ROOT)
        seconds = time.monotonic() - start
        output = NOISE.sub("", (result.stdout + result.stderr).decode(errors="replace")).strip()
        if result.returncode != 0:
            return unit, "failed", output, seconds
        if mark:
            mark.touch()
        return unit, "clean", "", seconds


def drop_old(cache, days=30):
    limit = time.time() - days * 86400
    for mark in cache.iterdir():
        if mark.stat().st_mtime < limit:
            mark.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="configured with Clang")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="where clean files are noted")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="say how long each file took")
    parser.add_argument("only", nargs="*", help="only files whose path contains one of these")
    args = parser.parse_args()

    args.cache.mkdir(parents=True, exist_ok=True)
    drop_old(args.cache)
    units = [
        unit
        for unit in own_units(args.build.resolve())
        if not args.only or any(part in source for part in args.only for source in unit.sources)
    ]
    if not units:
        sys.exit("error: the build has no sources of this project")
    tidy = Tidy(args.build.resolve(), args.cache)
    counts = {"cached": 0, "clean": 0, "failed": 0}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for done in concurrent.futures.as_completed(pool.submit(tidy.check, u) for u in units):
            unit, result, output, seconds = done.result()
            counts[result] += 1
            if result == "failed":
                print(f"---- {unit.name}\n{output}", flush=True)
            elif args.verbose:
                print(f"{seconds:6.1f} s  {result}  {unit.name}", flush=True)
    sources = sum(len(unit.sources) for unit in units)
    print(
        f"clang-tidy: {sources} sources in {len(units)} units, {counts['clean']} clean, "
        f"{counts['cached']} clean and "
        f"unchanged, {counts['failed']} with complaints"
    )
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
