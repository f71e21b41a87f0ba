#!/usr/bin/env python3
"""Checks what no other tool looks at, in every file that git knows or would add.

- names: C++ sources are snake_case; a header guard spells its path (server/rpc/x.h:
  DNC_SERVER_RPC_X_H_)
- text: ends in one line end, no white space at the end of a line, no carriage returns, UTF-8
- places: no path or registry host that only one machine has

Data under a folder named testdata, golden, data or samples is only searched for places. Exit status
0 where all is well, 1 otherwise.
"""

import argparse
import pathlib
import re
import subprocess
import sys

DATA_FOLDERS = {"testdata", "golden", "data", "samples"}
CODE = {".cc", ".h", ".py", ".sh", ".proto", ".cmake", ".md", ".yaml", ".yml", ".json", ".txt", ""}
# A trailing pair of spaces is Markdown's line break.
MAY_TRAIL = {".md"}
SNAKE_CASE = re.compile(r"^[a-z][a-z0-9_]*$")

# Written so that no pattern matches its own line.
PLACES = (
    (re.compile(r"(?<![\w.<$}/*-])/(?:work|root|Users)/[\w.]"), "a path of one machine"),
    (re.compile(r"(?<![\w.<$}/*-])/home/[a-z]"), "a path of one machine"),
    (re.compile(r"(?<![\w.<$}/*-])/tm[p]/w/"), "a path of one machine"),
    (
        re.compile(
            r"\b(?:proxy\.golang|sum\.golang|registry\.npmjs|registry\.yarnpkg|deb\.debian"
            r"|security\.debian|files\.pythonhosted|repo1?\.maven(?:\.apache)?|static\.crates"
            r"|index\.crates)\.(?:org|com|io)\b"
        ),
        "the host of a package registry",
    ),
    (
        re.compile(r"https?://(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d"),
        "an address of a private network",
    ),
)


def listed_files(root):
    output = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return sorted({name for name in output.decode().split("\0") if (root / name).is_file()})


def name_complaints(path):
    file = pathlib.PurePosixPath(path)
    if file.suffix in (".cc", ".h") and not all(SNAKE_CASE.match(p) for p in (*file.parts[:-1], file.stem)):
        yield "C++ files and their folders are snake_case"


def guard_complaints(path, text):
    if not path.endswith(".h"):
        return
    guard = "DNC_" + re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"
    if f"#ifndef {guard}\n#define {guard}\n" not in text or f"#endif  // {guard}\n" not in text:
        yield f"the header guard is to be {guard}"


def text_complaints(path, text):
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield "ends in one line end, no more and no less"
    for number, line in enumerate(text.split("\n"), 1):
        if "\r" in line:
            yield f"line {number}: carriage return"
        elif line != line.rstrip() and pathlib.PurePosixPath(path).suffix not in MAY_TRAIL:
            yield f"line {number}: white space at its end"


def place_complaints(text):
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, what in PLACES:
            match = pattern.search(line)
            if match:
                yield f"line {number}: {what}: {match.group(0)}"


def complaints_of(path, data):
    """Everything wrong with the file `path`, whose bytes are `data`."""
    file = pathlib.PurePosixPath(path)
    is_code = file.suffix in CODE and not DATA_FOLDERS.intersection(file.parts[:-1])
    yield from name_complaints(path)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        if is_code:
            yield "is not UTF-8"
        return
    yield from place_complaints(text)
    if is_code:
        yield from guard_complaints(path, text)
        yield from text_complaints(path, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default_root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=pathlib.Path, default=default_root, help="top of the tree")
    root = parser.parse_args().root
    files = listed_files(root)
    found = [
        f"{path}: {complaint}"
        for path in files
        for complaint in complaints_of(path, (root / path).read_bytes())
    ]
    for line in found:
        print(line)
    if not files:
        sys.exit("error: git lists no files")
    if found:
        sys.exit(f"error: {len(found)} complaints about the tree")
    print(f"{len(files)} files: names, guards, line ends and places are as they should be")


if __name__ == "__main__":
    main()
