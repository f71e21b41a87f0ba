#!/usr/bin/env python3
"""The include-direction check finds each kind of violation, and nothing in a tree without any."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import check_includes  # noqa: E402  (found by the line above)

# A tree that keeps every rule: file -> its includes.
CLEAN = {
    "storage/base/clock.h": [],
    "storage/rocksdb/store.h": ["<rocksdb/db.h>", '"storage/base/clock.h"'],
    "storage/schema/keys.h": ['"storage/base/clock.h"', '"dnc/storage/v1/record.pb.h"'],
    "storage/log/log.h": ['"storage/rocksdb/store.h"', '"storage/schema/keys.h"'],
    "storage/registry/set.h": ['"storage/base/clock.h"'],
    "server/contact/phone.h": ['"absl/status/status.h"', "<phonenumbers/phonenumberutil.h>"],
    "server/decision/decide.h": ['"server/contact/phone.h"', '"dnc/v1/check.pb.h"'],
    "server/state/machine.h": ['"server/decision/decide.h"', '"storage/rocksdb/store.h"'],
    "server/handler/check.h": ['"server/state/machine.h"', '"storage/log/log.h"'],
    "server/rpc/check.h": ['"dnc/v1/check.grpc.pb.h"', '"server/handler/check.h"'],
    "server/ops/health.h": ["<grpcpp/grpcpp.h>"],
    "server/server.h": ["<grpcpp/server.h>", '"server/rpc/check.h"'],
    "server/main.cc": ["<vector>", '"server/server.h"'],
    "client/client.h": ["<grpcpp/channel.h>", '"dnc/v1/check.grpc.pb.h"'],
    "client/cli/main.cc": ['"client/client.h"', '"storage/base/clock.h"'],
    "tests/fault/fault_test.cc": ["<rocksdb/env.h>", '"client/client.h"', '"server/server.h"'],
    "bench/load/main.cc": ['"dnc/v1/check.grpc.pb.h"'],
}

# file that gains an include, the include, part of the complaint
VIOLATIONS = (
    ("storage/base/clock.h", '"storage/schema/keys.h"', "storage/base may include only itself"),
    ("storage/schema/keys.h", '"storage/log/log.h"', "storage/schema may include only itself"),
    ("storage/log/log.h", '"server/state/machine.h"', "storage/log may include only itself"),
    ("storage/log/log.h", '"client/client.h"', "storage/log may include only itself"),
    ("storage/log/log.h", "<rocksdb/db.h>", "only storage/rocksdb"),
    ("server/state/machine.h", '"rocksdb/write_batch.h"', "only storage/rocksdb"),
    ("server/decision/decide.h", '"storage/rocksdb/store.h"', "pure function"),
    ("server/decision/decide.h", '"storage/registry/set.h"', "pure function"),
    ("server/decision/decide.h", '"server/state/machine.h"', "state machine that asks"),
    ("server/decision/decide.h", '"server/handler/check.h"', "state machine that asks"),
    ("server/state/machine.h", '"server/handler/check.h"', "who reads it"),
    ("server/handler/check.h", "<grpcpp/status.h>", "include gRPC"),
    ("server/contact/phone.h", '"storage/log/log.h"', "no input or output"),
    ("server/contact/phone.h", "<grpcpp/status.h>", "include gRPC"),
    ("server/contact/phone.h", '"dnc/v1/check.grpc.pb.h"', "include gRPC"),
    ("server/state/machine.h", "<grpc/grpc.h>", "include gRPC"),
    ("storage/log/log.h", "<grpcpp/grpcpp.h>", "include gRPC"),
    ("server/state/machine.h", '"server/rpc/check.h"', "who calls them"),
    ("server/rpc/check.h", '"client/client.h"', "server may include only itself"),
    ("server/rpc/check.h", '"tests/fault/fault_test.cc"', "server may include only itself"),
    ("client/client.h", '"server/contact/phone.h"', "client may include only itself"),
    ("client/client.h", '"storage/base/clock.h"', "client may include only itself"),
    ("client/client.h", '"client/cli/main.cc"', "client may include only itself"),
    ("client/cli/main.cc", '"storage/schema/keys.h"', "client/cli may include only itself"),
    ("client/cli/main.cc", '"server/contact/phone.h"', "client/cli may include only itself"),
    ("server/server.h", '"server/rpc/missing.h"', "no such header"),
    ("server/server.h", "<server/rpc/check.h>", "go in quotes"),
    ("server/rpc/check.h", '"../server.h"', "rooted at the top folder"),
    ("server/main.cc", '"server.h"', "rooted at the top folder"),
)


def write_tree(root, files):
    for path, includes in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("".join(f"#include {target}\n" for target in includes))


class CheckIncludesTest(unittest.TestCase):
    def complaints(self, files):
        with tempfile.TemporaryDirectory() as folder:
            write_tree(pathlib.Path(folder), files)
            found, count = check_includes.check(pathlib.Path(folder))
            self.assertEqual(count, len(files))
            return found

    def test_clean_tree_has_none(self):
        self.assertEqual(self.complaints(CLEAN), [])

    def test_each_violation_is_found(self):
        for path, include, why in VIOLATIONS:
            with self.subTest(path=path, include=include):
                found = self.complaints({**CLEAN, path: [*CLEAN[path], include]})
                expected = f"{path}:{len(CLEAN[path]) + 1}: include "
                hits = [c for c in found if c.startswith(expected) and why in c]
                self.assertEqual(len(hits), 1, found)

    def test_circle_of_folders_is_found(self):
        found = self.complaints({
            "server/action/a.h": ['"server/workflow/w.h"'],
            "server/workflow/w.h": [],
            "server/workflow/v.h": ['"server/action/a.h"'],
        })
        self.assertEqual(
            found,
            [
                "folders include each other in a circle: "
                "server/action -> server/workflow -> server/action"
            ],
        )

    def test_commented_include_is_none(self):
        files = {**CLEAN, "client/client.h": []}
        with tempfile.TemporaryDirectory() as folder:
            write_tree(pathlib.Path(folder), files)
            (pathlib.Path(folder) / "client/client.h").write_text('// #include "server/server.h"\n')
            self.assertEqual(check_includes.check(pathlib.Path(folder))[0], [])


if __name__ == "__main__":
    unittest.main()
