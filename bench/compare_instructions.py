#!/usr/bin/env python3
"""Compares how many instructions the check path takes in two revisions, by callgrind.

usage: compare_instructions.py --root DIR --work-dir DIR --base REV [--head REV] [--tolerance PERCENT]

Both revisions are built as releases, each in a folder of its own, and run the cases of
bench/micro/check_path.cc. Without --head the working tree is compared. Exit status 1 where a case
takes more than the tolerance (2 %) beyond the base, 3 where valgrind is missing. Instructions do not
depend on what else the machine does, so that one run says it.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

# Each with how often it runs.
CASES = {"phone": 2000, "entry": 2000, "lead": 2000, "registry": 2000, "served": 2000, "event": 2000,
         "block": 20}
PROGRAM = "dnc_check_path"
SOURCE = "bench/micro/check_path.cc"
MISSING = 3


def fail(text, status=1):
    print(f"error: {text}", file=sys.stderr)
    sys.exit(status)


def run(command, **kwargs):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)
    if done.returncode != 0:
        fail(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def source_of(root, work_dir, revision):
    """A folder with the revision's files."""
    commit = run(["git", "-C", root, "rev-parse", "--verify", f"{revision}^{{commit}}"]).strip()
    has = subprocess.run(["git", "-C", root, "cat-file", "-e", f"{commit}:{SOURCE}"],
                         capture_output=True, check=False)
    if has.returncode != 0:
        fail(f"revision {revision} has no {SOURCE}, and cannot be compared; take a later one")
    tree = os.path.join(work_dir, f"source-{commit[:12]}")
    if not os.path.isdir(tree):
        archive = os.path.join(work_dir, "source.tar")
        unpacked = tree + ".part"
        shutil.rmtree(unpacked, ignore_errors=True)
        os.makedirs(unpacked)
        run(["git", "-C", root, "archive", "--output", archive, commit])
        run(["tar", "-xf", archive, "-C", unpacked])
        os.remove(archive)
        os.rename(unpacked, tree)
    return tree


def has_case(tree, case):
    """Whether the program of that source knows the case; earlier ones lack some."""
    with open(os.path.join(tree, SOURCE), encoding="utf-8") as source:
        return f'name == "{case}"' in source.read()


def build(tree, build_dir):
    """Builds the program; the result is its path."""
    print(f"==> building {tree}", flush=True)
    run(["cmake", "--preset", "release", "-B", build_dir], cwd=tree)
    run(["cmake", "--build", build_dir, "--target", PROGRAM])
    return os.path.join(build_dir, "bin", PROGRAM)


def instructions(program, case, work_dir):
    """Instructions of one operation."""
    out = os.path.join(work_dir, f"callgrind.{os.getpid()}")
    # Addresses that are the same each time; and no restartable sequences, which valgrind lacks.
    env = dict(os.environ, GLIBC_TUNABLES="glibc.pthread.rseq=0")
    run(["setarch", "-R", "valgrind", "--tool=callgrind", "--collect-atstart=no",
         "--toggle-collect=dnc_measured", f"--callgrind-out-file={out}", program, case,
         str(CASES[case])], cwd=work_dir, env=env)
    with open(out, encoding="utf-8") as profile:
        found = re.findall(r"^(?:summary|totals): (\d+)", profile.read(), re.MULTILINE)
    os.remove(out)
    total = max(map(int, found), default=0)
    if total == 0:
        fail(f"callgrind counted nothing of {case}: has {program} no symbols?")
    return total / CASES[case]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--work-dir", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--head")
    parser.add_argument("--tolerance", type=float, default=2.0)
    args = parser.parse_args()
    for tool in ("valgrind", "setarch"):
        if shutil.which(tool) is None:
            fail(f"{tool} is missing; install it (apt-get install valgrind util-linux)", MISSING)
    root = os.path.abspath(args.root)
    work_dir = os.path.abspath(args.work_dir)
    os.makedirs(work_dir, exist_ok=True)
    base = source_of(root, work_dir, args.base)
    base_program = build(base, os.path.join(work_dir, "build-base"))
    if args.head is None:
        head_program = build(root, os.path.join(root, "build", "release"))
    else:
        head = source_of(root, work_dir, args.head)
        head_program = build(head, os.path.join(work_dir, "build-head"))
    worse = []
    print(f"{'instructions':14}{args.base[:14]:>16}{(args.head or 'working tree')[:14]:>16}{'change':>10}")
    for case in CASES:
        after = instructions(head_program, case, work_dir)
        if not has_case(base, case):
            print(f"{case:14}{'not there':>16}{after:16,.0f}", flush=True)
            continue
        before = instructions(base_program, case, work_dir)
        change = 100 * (after / before - 1)
        mark = ""
        if change > args.tolerance:
            worse.append(case)
            mark = "  more than the tolerance"
        print(f"{case:14}{before:16,.0f}{after:16,.0f}{change:+9.1f}%{mark}", flush=True)
    if worse:
        fail(f"more than {args.tolerance:g} % more instructions: {', '.join(worse)}")


if __name__ == "__main__":
    main()
