#!/usr/bin/env python3
"""What ./dev test says of skipped tests."""

import io
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import skipped_tests  # noqa: E402  (found by the line above)

JUNIT = """<testsuite>
  <testcase name="A.Passes" status="run"><system-out>[       OK ] A.Passes</system-out></testcase>
  <testcase name="A.Skips" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
    <system-out>[ RUN      ] A.Skips
a.cc:12: Skipped
the real input
is not here

[  SKIPPED ] A.Skips (0 ms)
</system-out></testcase>
  <testcase name="A.Silent" status="notrun"><skipped message=""/><system-out/></testcase>
  <testcase name="A.Fails" status="fail"><failure message=""/><system-out>b.cc:3: Failure
</system-out></testcase>
</testsuite>
"""


class SkippedTestsTest(unittest.TestCase):
    def test_names_and_reasons(self):
        self.assertEqual(
            skipped_tests.skipped(io.StringIO(JUNIT)),
            [("A.Skips", "the real input is not here"), ("A.Silent", "no reason given")],
        )


if __name__ == "__main__":
    unittest.main()
