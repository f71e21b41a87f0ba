#!/usr/bin/env python3
"""README's tour is the demo's: what it shows can be repeated, and `./dev run` holds it true.

Compares commands, not outputs: those have times and ids in them, and scripts/demo.sh insists on the
exit status of each.
"""

import pathlib
import re
import shlex
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
# What the tour may leave out: it changes nothing that a later step shows.
READ_ONLY = {("dncctl", "check"), ("dncctl", "status")}


def section(markdown, heading):
    """The text under `## heading`, up to the next one."""
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", markdown, re.MULTILINE | re.DOTALL).group(1)


def readme_commands(markdown):
    tour = section(markdown, "Two minutes")
    return [shlex.split(line) for line in re.findall(r"^\$ (.+)$", tour, re.MULTILINE)]


def demo_commands(script):
    """The words of each `run STATUS COMMAND…` of the script, in its order."""
    lines = script.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[2:] for line in lines if re.match(r"run \d+ ", line)]


def is_read_only(command):
    return tuple(command[:2]) in READ_ONLY or "--dry-run" in command


def differences(tour, demo):
    """Why the tour is not the demo with read-only steps left out; empty where it is."""
    found, rest = [], demo
    for command in tour:
        if command not in rest:
            found.append(f"scripts/demo.sh does not run, or not in this order: {shlex.join(command)}")
            continue
        at = rest.index(command)
        left_out, rest = rest[:at], rest[at + 1 :]
        found.extend(f"README leaves out: {shlex.join(c)}" for c in left_out if not is_read_only(c))
    found.extend(f"README leaves out: {shlex.join(c)}" for c in rest if not is_read_only(c))
    return found


class ReadmeTourTest(unittest.TestCase):
    def test_readme_shows_what_the_demo_runs(self):
        tour = readme_commands((ROOT / "README.md").read_text())
        demo = demo_commands((ROOT / "scripts/demo.sh").read_text())
        self.assertGreater(len(tour), 5, "README has no tour")
        self.assertEqual(differences(tour, demo), [])

    def test_differences_are_found(self):
        demo = demo_commands(
            "run 0 dncctl orgs create a\nrun 10 dncctl check --phone '(1) 2'\n"
            "run 0 dncctl actions copy \\\n  --to b\nrun 0 dncctl actions copy --to c --dry-run\n"
        )
        orgs, check, copy, _ = demo
        self.assertEqual(check, ["dncctl", "check", "--phone", "(1) 2"])
        for tour, what in (
            ([orgs, check, copy], None),
            ([orgs, copy], None),
            ([copy], "leaves out: dncctl orgs create a"),
            ([orgs], "leaves out: dncctl actions copy --to b"),
            ([orgs, copy, check], "not in this order: dncctl check"),
            ([orgs, ["dncctl", "check", "--phone", "1"], copy], "does not run"),
        ):
            with self.subTest(tour=tour):
                found = differences(tour, demo)
                self.assertEqual(bool(found), what is not None, found)
                self.assertTrue(what is None or what in found[0], found)


if __name__ == "__main__":
    unittest.main()
