#!/usr/bin/env python3
"""Prints which tests of a ctest run were skipped, and why, out of its JUnit file; nothing where none.

ctest names them as "did not run" and keeps their reasons to itself.
"""

import argparse
import pathlib
import re
import xml.etree.ElementTree as ElementTree

# GoogleTest: "file.cc:12: Skipped", the reason on the lines after it, an empty line.
REASON = re.compile(r": Skipped\n(.+?)(?:\n\s*\n|\n\[|\Z)", re.DOTALL)


def skipped(junit):
    """[(name, reason)] of the skipped tests, in the order of the file."""
    found = []
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        if case.find("skipped") is None or case.get("status") == "disabled":
            continue
        reason = REASON.search(case.findtext("system-out") or "")
        found.append((case.get("name"), " ".join(reason.group(1).split()) if reason else "no reason given"))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("junit", type=pathlib.Path, help="what ctest --output-junit wrote")
    tests = skipped(parser.parse_args().junit)
    if not tests:
        return
    print(f"==> skipped: {len(tests)} test{'s' if len(tests) > 1 else ''}")
    for name, reason in tests:
        print(f"  {name}: {reason}")


if __name__ == "__main__":
    main()
