#!/usr/bin/env python3
"""The API reference names every RPC, permission and error reason of the protos."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import api_reference  # noqa: E402  (found by the line above)

SERVICE = """syntax = "proto3";
// Does things.
service ThingService {
  // Reads a | b,
  // at once.
  //
  // Permission: `things.read`.
  rpc GetThing(GetThingRequest) returns (GetThingResponse);
  // Streams.
  // Permission: `things.watch`.
  rpc WatchThings(WatchThingsRequest)
      returns (stream WatchThingsResponse);
  // Says nothing of who may.
  rpc BreakThing(BreakThingRequest) returns (BreakThingResponse);
}
"""
REASONS = """enum ErrorReason {
  // Never sent.
  ERROR_REASON_UNSPECIFIED = 0;
  // NOT_FOUND {thing}: there is none; see
  // the list.
  ERROR_REASON_THING_NOT_FOUND = 7;
}
"""


class ApiReferenceTest(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "thing.proto").write_text(SERVICE)
            (pathlib.Path(folder) / "error_reason.proto").write_text(REASONS)
            self.text, self.silent = api_reference.reference(pathlib.Path(folder))

    def test_rpcs_stand_with_their_permission(self):
        self.assertIn("## ThingService\n\nDoes things.\n", self.text)
        self.assertIn(
            "| `GetThing` (GetThingRequest → GetThingResponse) | `things.read` | Reads a \\| b, at once.",
            self.text,
        )
        self.assertIn("(WatchThingsRequest → stream WatchThingsResponse) | `things.watch` |", self.text)

    def test_an_rpc_without_permission_is_found(self):
        self.assertEqual(self.silent, ["ThingService.BreakThing"])

    def test_reasons_stand_with_code_and_metadata(self):
        self.assertIn(
            "| `THING_NOT_FOUND` | 7 | NOT_FOUND | {thing} | there is none; see the list. |", self.text
        )
        self.assertNotIn("UNSPECIFIED", self.text)


if __name__ == "__main__":
    unittest.main()
