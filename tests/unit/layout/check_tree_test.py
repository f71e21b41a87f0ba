#!/usr/bin/env python3
"""The tree check finds each kind of fault, and none in a file without any."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import check_tree  # noqa: E402  (found by the line above)

GUARDED = "#ifndef DNC_SERVER_RPC_X_H_\n#define DNC_SERVER_RPC_X_H_\n\n#endif  // DNC_SERVER_RPC_X_H_\n"
# Put together here, so that the check does not find them in this file.
HOST = "https://registry." + "npmjs.org/x"
PATH = "/wor" + "k/main/x"
HOME = "/hom" + "e/jane/x"
PRIVATE = "http://192." + "168.0.3:8080"


class CheckTreeTest(unittest.TestCase):
    def complaints(self, path, text):
        data = text if isinstance(text, bytes) else text.encode()
        return list(check_tree.complaints_of(path, data))

    def test_good_files_have_none(self):
        for path, text in (
            ("server/rpc/x.h", GUARDED),
            ("server/rpc/x.cc", "int x;\n"),
            ("README.md", "two  \nlines\n"),
            ("tests/golden/key.txt", "no end \r\n\n\n"),
            ("tests/golden/key.bin", b"\xff\x00"),
            ("docs/x.md", "see http://127.0.0.1:1 and src/home/x and $HOME/work/y\n"),
            ("scripts/empty.txt", ""),
        ):
            with self.subTest(path=path):
                self.assertEqual(self.complaints(path, text), [])

    def test_each_fault_is_found(self):
        for path, text, why in (
            ("server/rpc/y.h", GUARDED, "DNC_SERVER_RPC_Y_H_"),
            ("server/rpc/x.h", "#pragma once\n", "DNC_SERVER_RPC_X_H_"),
            ("server/Rpc/x.cc", "\n", "snake_case"),
            ("server/rpc/xY.cc", "int x;\n", "snake_case"),
            ("a.cc", "int x;", "one line end"),
            ("a.cc", "int x;\n\n", "one line end"),
            ("a.cc", "int x; \n", "line 1: white space"),
            ("a.cc", "int x;\r\n", "line 1: carriage return"),
            ("a.cc", b"\xff\n", "UTF-8"),
            ("a.md", "x\n" + HOST + "\n", "line 2: the host of a package registry"),
            ("a.md", "in " + PATH + "\n", "path of one machine"),
            ("a.sh", "cd " + HOME + "\n", "path of one machine"),
            ("tests/golden/a.txt", PRIVATE, "private network"),
        ):
            with self.subTest(path=path, why=why):
                self.assertTrue(any(why in c for c in self.complaints(path, text)))


if __name__ == "__main__":
    unittest.main()
