#!/usr/bin/env python3
"""What is put into README.md stands between its markers, is all that was measured, and comes from a whole run."""

import json
import pathlib
import tempfile
import unittest
from unittest import mock

import publish
from row import Goal, Row, figure

ROW = Row("quick", "A quick row", "thing", {},
          [Goal("CPU per thing", figure("us", "cpu_us"), 10), Goal("things a second", figure("us", "per_s"), 100, least=True)])
RUN = {"about": "Today, on this machine.", "whole": True, "rows": {"quick": {"us": [{"cpu_us": 9, "per_s": 90}]}}}
README = f"# Title\n\nBefore.\n\n{publish.BEGIN}\nold\n{publish.END}\n\nAfter {publish.END} it.\n"


class Marked(unittest.TestCase):
    def test_only_what_stands_between_the_markers_is_replaced(self):
        now = publish.replaced(README, "new\n")
        self.assertEqual(now, README.replace("\nold\n", "\nnew\n"))
        self.assertEqual(publish.replaced(now, "old"), README)

    def test_a_text_without_both_markers_is_refused(self):
        for text in ("nothing", publish.BEGIN, publish.END, publish.END + publish.BEGIN):
            with self.subTest(text=text), self.assertRaises(ValueError):
                publish.replaced(text, "new")

    def test_the_readme_has_them(self):
        text = publish.README.read_text()
        self.assertNotEqual(publish.replaced(text, "new"), text)


class Published(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.readme = self.folder / "README.md"
        self.readme.write_text(README)
        (self.folder / "run").mkdir()
        (self.folder / "run/triggers.svg").write_text("<svg/>")
        for name, place in (("HERE", self.folder), ("README", self.readme)):
            change = mock.patch.object(publish, name, place)
            change.start()
            self.addCleanup(change.stop)

    def publish(self, run, rows=(ROW,)):
        (self.folder / "run/results.json").write_text(json.dumps(run))
        publish.publish(rows, self.folder / "run")

    def test_goals_are_told_as_they_are(self):
        self.publish(RUN)
        text = self.readme.read_text()
        self.assertIn(RUN["about"], text)
        self.assertIn("| quick | CPU per thing | 9.00 | at most 10.00 | met |", text)
        self.assertIn("| quick | things a second | 90.00 | at least 100.00 | **missed** |", text)
        self.assertIn("| us | 9.00 | 90.0 |", (self.folder / "RESULTS.md").read_text())
        self.assertEqual((self.folder / "triggers.svg").read_text(), "<svg/>")

    def test_a_part_of_the_rows_or_of_the_work_is_no_result(self):
        another = Row("another", "Another row", "thing", {})
        for run, rows in ((RUN, (ROW, another)), ({**RUN, "whole": False}, (ROW,))):
            with self.subTest(run=run), self.assertRaises(SystemExit):
                self.publish(run, rows)
            self.assertEqual(self.readme.read_text(), README)


if __name__ == "__main__":
    unittest.main()
