#!/usr/bin/env python3
"""Tests of bench/merge_results.py and bench/plot_curves.py: run directly."""

import contextlib
import io
import json
import pathlib
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench"))
import merge_results  # noqa: E402
import plot_curves  # noqa: E402


def figure(value, target=None, at_most=False, note=""):
    return {
        "name": "figure",
        "value": value,
        "unit": "us",
        "target": target,
        "at_most": at_most,
        "note": note,
    }


def met(*arguments, **named):
    return next(merge_results.from_load([figure(*arguments, **named)]))["met"]


class MergeResultsTest(unittest.TestCase):
    def test_a_target_is_met_on_its_own_side(self):
        self.assertIs(met(1.0, target=0.97), True)
        self.assertIs(met(0.9, target=0.97), False)
        self.assertIs(met(1.0, target=1.1, at_most=True), True)
        self.assertIs(met(1.2, target=1.1, at_most=True), False)
        self.assertIsNone(met(1.0))

    def test_what_was_not_measured_is_not_met(self):
        self.assertIs(met(None, target=4, note="redis-server is not installed"), False)

    def test_the_table_says_why(self):
        out = io.StringIO()
        missing = figure(None, target=4, note="redis-server is not installed")
        with contextlib.redirect_stdout(out):
            merge_results.print_table(list(merge_results.from_load([missing])))
        self.assertIn("not measured: redis-server is not installed", out.getvalue())
        self.assertIn("NO", out.getvalue())

    def test_a_missed_target_points_to_its_reasons(self):
        missed = {**figure(0.5, target=4), "name": "single_redis_ratio"}
        note = next(merge_results.from_load([missed]))["note"]
        self.assertIn(merge_results.REASONS["single_redis_ratio"], note)
        self.assertEqual(next(merge_results.from_load([{**missed, "value": 5}]))["note"], "")
        root = pathlib.Path(merge_results.__file__).parents[1]
        for reasons in merge_results.REASONS.values():
            self.assertTrue((root / reasons).is_file(), reasons)

    def test_micro_benchmarks_keep_their_share(self):
        run = {
            "name": "ContainsBatch/national",
            "cpu_time": 1.0,
            "time_unit": "ms",
            "items_per_second": 7e7,
            "limit_share": 0.9,
        }
        rows = list(merge_results.from_benchmark("number_set_benchmark", {"benchmarks": [run]}))
        self.assertEqual([row["value"] for row in rows], [70_000_000, 0.9])
        self.assertIs(rows[0]["met"], True)


class PlotCurvesTest(unittest.TestCase):
    def setUp(self):
        points = [
            {"numbers": numbers, "cores": cores, "figures": {"import_seconds": numbers / 4e6}}
            for numbers in (1_000_000, 10_000_000)
            for cores in (1, 2)
        ]
        self.document = {"machine": {"cpu": "any", "cores": 2}, "points": points}

    def test_the_drawing_is_xml_and_always_the_same(self):
        drawn = plot_curves.draw(self.document)
        xml.etree.ElementTree.fromstring(drawn)
        self.assertEqual(drawn, plot_curves.draw(json.loads(json.dumps(self.document))))

    def test_a_panel_without_figures_says_so(self):
        self.assertIn("not measured", plot_curves.draw(self.document))

    def test_ticks_reach_the_highest_value(self):
        for highest in (0, 0.3, 1, 59, 60, 12345):
            ticks = plot_curves.nice_steps(highest)
            self.assertEqual(ticks[0], 0)
            self.assertGreaterEqual(ticks[-1], highest)
            self.assertLessEqual(len(ticks), 7)


if __name__ == "__main__":
    unittest.main()
