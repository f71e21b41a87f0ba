#!/usr/bin/env python3
"""Checks that dependencies point one way: proto <- storage <- server, proto <- client.

Reads every `#include` of the C++ sources and answers each one that breaks a rule below, as
`file:line: include "x": why`. Exit status 0 where there is none, 1 where there is one.
ARCHITECTURE.md says what the rules are for.
"""

import argparse
import pathlib
import re
import sys

# The folders that hold C++ sources of this project.
TOP_FOLDERS = ("proto", "storage", "server", "client", "tests", "bench")
# Where the sources of generated headers live: dnc/v1/check.proto -> dnc/v1/check.pb.h.
GENERATED = ("dnc/", "google/rpc/")

# Folder -> the project's folders that it may include, beside itself and generated messages. The
# longest folder that fits a file counts. tests/ and bench/ may include everything.
MAY_INCLUDE = {
    "storage/base": (),
    "storage/rocksdb": ("storage/base", "storage/schema"),
    "storage/schema": ("storage/base",),
    "storage/registry": ("storage/base", "storage/schema", "storage/rocksdb"),
    "storage/recording": ("storage/base", "storage/schema", "storage/rocksdb"),
    "storage/log": ("storage/base", "storage/schema", "storage/rocksdb"),
    "server": ("server", "storage"),
    "client": (),
    # Whoever verifies an export recomputes what the server computed, by the same code.
    "storage/audit": ("storage/base",),
    "client/cli": ("client", "storage/audit", "storage/base"),
    "client/example": ("client",),
}

# Of server/'s folders these talk to the outside; every other is domain: the rules of the business,
# which include no gRPC, no RocksDB, and nothing of what serves or applies them.
OUTER = ("server/rpc", "server/ops")


def is_domain(folder):
    return folder.startswith("server/") and folder not in OUTER


# server/state applies mutations and server/handler asks the rules about what it reads, so these two
# of the domain work on the store and its log.
ACTING = ("server/state", "server/handler")


def is_pure(folder):
    return is_domain(folder) and folder not in ACTING


# (which folders, what they must not include, why)
FORBIDDEN = (
    (is_domain, (*OUTER, "server/server.h"), "rules know nothing of who calls them"),
    (is_pure, ACTING, "rules do not depend on the state machine that asks them"),
    (
        lambda folder: folder == "server/state",
        ("server/handler",),
        "the state machine knows nothing of who reads it",
    ),
    (is_pure, ("storage/log",), "rules do no input or output"),
    (
        lambda folder: folder == "server/decision",
        ("storage/rocksdb", "storage/registry"),
        "Decide is a pure function",
    ),
)

# (header pattern, files that may include it, why)
EXTERNAL = (
    (
        re.compile(r"^rocksdb/"),
        ("storage/rocksdb/", "tests/", "bench/"),
        "only storage/rocksdb includes RocksDB headers",
    ),
    (
        re.compile(r"^grpc(pp)?/|\.grpc\.pb\.h$"),
        (
            *("server/rpc/", "server/ops/", "server/server.cc", "server/server.h", "server/main.cc"),
            *("client/", "tests/", "bench/"),
        ),
        "only server/rpc, server/ops, server.{h,cc}, main.cc and the client include gRPC",
    ),
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def is_inside(path, folder):
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def owner(path, folders):
    """The longest of `folders` that holds `path`, or None."""
    return max((f for f in folders if is_inside(path, f)), key=len, default=None)


def folder_of(path):
    """The unit of the layout that a file belongs to: storage/log, server/rpc, client, ..."""
    parts = path.split("/")
    if parts[0] == "client":
        return owner(path, MAY_INCLUDE)
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def includes_of(root, path):
    text = (root / path).read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def why_refused(path, quote, target, root):
    """Why the file at `path` must not include `target`, or None."""
    for pattern, allowed, why in EXTERNAL:
        if pattern.search(target) and not path.startswith(allowed):
            return why
    top = target.split("/")[0]
    if top not in TOP_FOLDERS:
        is_sibling = quote == '"' and not target.startswith(GENERATED) and (
            target.startswith(".") or ((root / path).parent / target).exists()
        )
        return "includes are rooted at the top folder" if is_sibling else None
    if quote == "<":
        return 'headers of this project go in quotes'
    if not (root / target).exists() and not target.endswith(".pb.h"):
        return "there is no such header"
    if path.startswith(("tests/", "bench/")):
        return None
    for applies, targets, why in FORBIDDEN:
        if applies(folder_of(path)) and owner(target, targets):
            return why
    rule = owner(path, MAY_INCLUDE)
    if rule is None or is_inside(target, rule) and owner(target, MAY_INCLUDE) == rule:
        return None
    if not owner(target, MAY_INCLUDE[rule]):
        return f"{rule} may include only itself" + "".join(f", {f}" for f in MAY_INCLUDE[rule])
    return None


def find_cycle(edges):
    """A cycle of the folder graph as a list whose ends are equal, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return path[path.index(node) :] + [node]
        if node in done:
            return None
        path.append(node)
        for following in sorted(edges.get(node, ())):
            cycle = visit(following)
            if cycle:
                return cycle
        path.pop()
        done.add(node)
        return None

    return next((cycle for cycle in map(visit, sorted(edges)) if cycle), None)


def check(root):
    """The complaints about the tree at `root`, and how many files were read."""
    complaints, edges, files = [], {}, 0
    for top in TOP_FOLDERS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".h", ".cc"):
                continue
            files += 1
            path = file.relative_to(root).as_posix()
            for line, quote, target in includes_of(root, path):
                why = why_refused(path, quote, target, root)
                if why:
                    complaints.append(f'{path}:{line}: include "{target}": {why}')
                if target.split("/")[0] in TOP_FOLDERS and folder_of(path) != folder_of(target):
                    edges.setdefault(folder_of(path), set()).add(folder_of(target))
    cycle = find_cycle(edges)
    if cycle:
        complaints.append("folders include each other in a circle: " + " -> ".join(cycle))
    return complaints, files


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default_root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=pathlib.Path, default=default_root, help="top of the tree")
    complaints, files = check(parser.parse_args().root)
    for complaint in complaints:
        print(complaint)
    if files == 0:
        sys.exit("error: no C++ sources found")
    if complaints:
        sys.exit(f"error: {len(complaints)} includes break the layout's rules")
    print(f"the includes of {files} files point the right way")


if __name__ == "__main__":
    main()
