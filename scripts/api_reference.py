#!/usr/bin/env python3
"""Writes docs/api.md out of the protos: every RPC with its permission, every error reason.

usage: scripts/api_reference.py [--check]

--check changes nothing; exit status 1 where docs/api.md is not what the protos say, or where an RPC
states no permission.
"""

import argparse
import difflib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROTOS = ROOT / "proto" / "dnc" / "v1"
REFERENCE = ROOT / "docs" / "api.md"

HEAD = """# API reference

Every RPC of `dnc.v1` with the permission that it needs, and every error reason. Made from the protos
by `scripts/api_reference.py`; messages and fields are described in `proto/dnc/v1`.

How errors travel: a gRPC status whose details carry `google.rpc.ErrorInfo` with the domain `dnc.v1`,
a reason of the table below without its prefix, and the metadata that the table names.
"""

RPC = re.compile(r"rpc (\w+)\((stream )?(\w+)\)\s+returns\s+\((stream )?(\w+)\)")
PERMISSION = re.compile(r"^Permission: (.+?)\.?$")
REASON = re.compile(r"ERROR_REASON_(\w+) = (\d+);")
NAMED_CODE = re.compile(r"^([A-Z_]+)(?: (\{[^}]*\}))?[:.]\s*(.*)$", re.DOTALL)


class Rpc:
    def __init__(self, match, comment):
        self.name, request_stream, request, response_stream, response = match.groups()
        self.request = ("stream " if request_stream else "") + request
        self.response = ("stream " if response_stream else "") + response
        lines = [line for line in comment if not PERMISSION.match(line)]
        stated = [PERMISSION.match(line).group(1) for line in comment if PERMISSION.match(line)]
        self.permission = stated[0] if len(stated) == 1 else None
        self.text = " ".join(line for line in lines if line)


def services_of(text):
    """(name, comment, RPCs) of each service of a proto file."""
    found, comment, rpcs = [], [], None
    joined = re.sub(r"(rpc \w+\([^)]*\))\s*\n\s*(returns)", r"\1 \2", text)
    for line in joined.splitlines():
        stripped = line.strip()
        if stripped.startswith("//"):
            comment.append(stripped[2:].strip())
            continue
        service = re.match(r"service (\w+) \{", stripped)
        rpc = RPC.match(stripped)
        if service:
            rpcs = []
            found.append((service.group(1), " ".join(line for line in comment if line), rpcs))
        elif rpc and rpcs is not None:
            rpcs.append(Rpc(rpc, comment))
        comment = []
    return found


def reasons_of(text):
    """(name, number, comment) of each error reason."""
    found, comment = [], []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("//"):
            comment.append(stripped[2:].strip())
            continue
        reason = REASON.match(stripped)
        if reason:
            found.append((reason.group(1), int(reason.group(2)), " ".join(comment)))
        comment = []
    return found


def cell(text):
    return text.replace("|", "\\|")


def service_section(name, comment, rpcs):
    yield f"\n## {name}\n\n{comment}\n\n| RPC | permission | what |\n|---|---|---|\n"
    for rpc in rpcs:
        yield (
            f"| `{rpc.name}` ({rpc.request} → {rpc.response}) | {rpc.permission} | {cell(rpc.text)} |\n"
        )


def reason_section(reasons):
    yield "\n## Error reasons\n\n| reason | number | gRPC status | metadata | what |\n|---|---|---|---|---|\n"
    for name, number, comment in reasons:
        code, metadata, text = NAMED_CODE.match(comment).groups() if NAMED_CODE.match(comment) else ("", "", comment)
        yield f"| `{name}` | {number} | {code} | {metadata or ''} | {cell(text)} |\n"


def reference(protos):
    """The reference's text, and the RPCs that state no permission."""
    services, reasons = [], []
    for path in sorted(protos.glob("*.proto")):
        text = path.read_text()
        services += services_of(text)
        if path.name == "error_reason.proto":
            reasons = reasons_of(text)
    parts = [HEAD]
    for service in sorted(services, key=lambda found: found[0]):
        parts += service_section(*service)
    parts += reason_section([reason for reason in reasons if reason[1] != 0])
    silent = [f"{name}.{rpc.name}" for name, _, rpcs in services for rpc in rpcs if not rpc.permission]
    return "".join(parts), silent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    args = parser.parse_args()
    text, silent = reference(PROTOS)
    for method in silent:
        print(f'{method}: its comment needs one line "Permission: `area.verb`."', file=sys.stderr)
    if not args.check:
        REFERENCE.write_text(text)
        return 1 if silent else 0
    held = REFERENCE.read_text() if REFERENCE.exists() else ""
    sys.stdout.writelines(difflib.unified_diff(held.splitlines(True), text.splitlines(True), "docs/api.md", "the protos"))
    if held != text:
        print("docs/api.md is not what the protos say: run scripts/api_reference.py", file=sys.stderr)
    return 1 if silent or held != text else 0


if __name__ == "__main__":
    sys.exit(main())
