#!/usr/bin/env python3
"""What triggerctl draws in a real terminal. The files in screens/ are what people see, with marks for what differs each time.

To write them anew, then look at what changed:  TRIGGERD_RENEW_SCREENS=1 TRIGGERD_BUILD_DIR=... python3 screens_test.py
"""

import os
import pathlib
import re
import signal
import unittest

from house import BUILD, MAIN_FILE, REHEARSE, House
from terminal import Terminal

SCREENS = pathlib.Path(__file__).parent / "screens"
TITLES = r"^.(?:1 targets|2 jobs|3 fires)\W"
PLAIN = {"NO_COLOR": "1"}

SPAN = r"(?:\d+ ms|\d+[smhd](?: \d+[smh])?)"
# What differs each time, and its mark. Columns of numbers that may become wider lose the room before them.
MARKS = [
    (r"/\S*/triggerctl --socket \S+", "triggerctl"),
    (r"triggerd \d\S*\d", "triggerd VERSION"),
    (rf"up {SPAN}", "up SPAN"),
    (r"pid \d+", "pid PID"),
    (r"memory [\d.]+ \w+", "memory SIZE"),
    (rf"(?:{SPAN} ago|\bnow\b)", "AGO"),
    (r"configuration [0-9a-f]{12}", "configuration HASH"),
    (r"[\d,]+ commits?, last took [\d.]+ ms, \d+ queued", "N commits, last took N ms, N queued"),
    (r" +\d+/\d+ ms", "  N/N ms"),
    (r" *P50/P99", "  P50/P99"),
    (r"\[[#.]+\](?=(?:<>)? +\d+/\d{3})", "[~~~~~~~~]"),
    (r"\d{3}/\d{3} ", "NNN/NNN "),
    (r"(?<= )[ \d][\d.]\d(?= +[▁▂▃▄▅▆▇█])", "N.N"),
    (r"[▂▃▄▅▆▇█]", "▁"),
    (rf" +{SPAN}(?= *(?:<>)?$)", "  TOOK"),
    (r" *TOOK", "  TOOK"),
    (r" +(<>)?$", r"\1"),
]


def marked(screen):
    for pattern, mark in MARKS:
        screen = re.sub(pattern, mark, screen, flags=re.M)
    return screen.rstrip("\n") + "\n"


class Screens(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()
        # Names of one length: the room they take decides which columns are shown.
        main = MAIN_FILE.format(home=self.home, url=self.url, more="", drain="5s")
        self.write(main.replace("[target.shop-staging]", "[target.shop-stag]"), jobs=REHEARSE)
        self.start()
        self.ask("run", "rehearse", "--wait")  # proves the targets

    def open(self, *words, size=(80, 24), **env):
        terminal = Terminal(self, *size, **env)
        terminal.begin(BUILD / "triggerctl", "--socket", self.home / "run/control", *words)
        return terminal

    def open_top(self, **how):
        terminal = self.open("top", **how)
        terminal.until_shows(r"nothing is wrong")
        return terminal

    def hold(self):
        """A fire that does not end by itself, all of it sent."""
        fire = self.ask("run", "rehearse", "--var", "ends=hold")["fire"]
        self.until(lambda: all(a["state"] == "waiting" for a in self.say("Fire", id=fire)["actions"] or [{"state": ""}]),
                   "was sent")
        return fire

    def assert_golden(self, name, screen):
        path = SCREENS / f"{name}.txt"
        if os.environ.get("TRIGGERD_RENEW_SCREENS"):
            path.write_text(marked(screen), "utf-8")
        self.assertEqual(marked(screen), path.read_text("utf-8"), f"as it was:\n{screen}")

    def assert_golden_pair(self, name, words, pattern):
        plain = self.open(*words, **PLAIN)
        self.assert_golden(name, plain.until_shows(pattern))
        coloured = self.open(*words)
        coloured.until_shows(pattern)
        self.assert_golden(f"{name}-coloured", coloured.coloured_screen())

    # --- what people see ---

    def test_status(self):
        self.hold()
        self.assert_golden_pair("status", ["status"], r"nothing is wrong\n\$")

    def test_top(self):
        self.hold()
        self.assert_golden_pair("top", ["top"], r"(?s)rehearse +running.*rehearse +done")

    def test_progress(self):
        for name, env in (("progress", PLAIN), ("progress-coloured", {})):
            terminal = self.open("run", "rehearse", "--var", "ends=hold", "--wait", **env)
            terminal.until_shows(r"0/2, 0/2 targets, 2 items$")
            self.assert_golden(name, terminal.screen() if env else terminal.coloured_screen())
            terminal.press("C-c")
            self.ask("cancel", self.ask("fires", "--state", "running")["fires"][0]["id"])
            self.until(lambda: not self.say("Status")["fires"]["running"], "ended")

    # --- keys ---

    def state_of(self, target):
        return next(t for t in self.say("Targets")["targets"] if t["name"] == target)["state"]

    def job(self):
        return self.say("Jobs")["jobs"][0]

    def test_keys_pause_and_resume_what_is_chosen(self):
        top = self.open_top(**PLAIN)
        top.press("Down", "p")
        self.until(lambda: self.state_of("shop-stag") == "paused", "paused")
        self.assertEqual(self.state_of("shop-prod"), "ok")
        top.until_shows(r"^> shop-stag +paused")
        top.press("r")
        self.until(lambda: self.state_of("shop-stag") == "ok", "resumed")
        top.press("Tab", "p")
        self.until(lambda: "paused" in self.job(), "paused the job")
        top.press("r")
        self.until(lambda: "paused" not in self.job(), "resumed the job")

    def test_a_fire_is_looked_at_and_cancelled_after_a_question(self):
        fire = self.hold()
        top = self.open_top(**PLAIN)
        top.until_shows(r"rehearse +running")
        top.press("3", "Enter")
        top.until_shows(rf"^{fire} +rehearse")
        top.press("Escape")
        top.until_shows(r"^\[3 fires\]")
        top.press("c")
        top.until_shows(rf"^cancel fire {fire}\? y or n")
        top.press("n")
        top.until_shows("not cancelled")
        self.assertEqual(self.ask("fire", fire)["fire"]["state"], "running")
        top.press("c", "y")
        self.assertEqual(self.ended(fire)["state"], "cancelled")
        top.until_shows(r"^> rehearse +cancelled")

    def test_a_filter_leaves_what_has_its_text(self):
        top = self.open_top(**PLAIN)
        top.type("/STAG")
        top.press("Enter")
        top.until_hides("shop-prod +ok")
        top.until_shows("^> shop-stag")
        top.press("Escape")
        top.until_shows("shop-prod +ok")

    # --- sizes ---

    def assert_whole(self, top):
        """Every title reaches the last column of one line, and the last line is where it belongs."""
        def whole(screen):
            titles = [line for line in screen.splitlines() if re.match(TITLES, line)]
            return [len(line) for line in titles] == [top.columns] * 3 and "? help" in screen.splitlines()[top.rows - 1]
        return top.until(whole, f"filled {top.columns}x{top.rows}")

    def test_every_size_is_filled_and_a_change_of_size_draws_again(self):
        self.hold()
        top = self.open_top(size=(200, 50), **PLAIN)
        self.assert_whole(top)
        # Columns without a value are left out: latencies and the fire come with a later reply.
        titles = ("BUDGET", "FLIGHT", "P50/P99", "RETRIES", "FAILURES", "FIRE")
        top.until(lambda screen: all(title in screen for title in titles), "showed every title")
        for size in ((40, 12), (80, 24), (40, 12)):
            top.resize(*size)
            self.assert_whole(top)
        top.press("q")
        top.until(lambda _: top.is_given_back(), "given back")

    def test_status_breaks_no_line_on_any_screen(self):
        for size in ((200, 50), (40, 12)):
            shown = self.open("status", size=size, **PLAIN).until_shows(r"nothing is wrong\n\$")
            first_words = [line.split(" ")[0] for line in shown.splitlines() if line]
            self.assertEqual(first_words, ["triggerd", "targets", "fires", "next", "reload", "ledger", "nothing", "$"])

    def test_a_terminal_without_utf8_gets_ascii(self):
        top = self.open_top(LC_ALL="C", **PLAIN)
        top.until_shows(r"^\[1 targets\] 2 ok -+$")
        self.assertTrue(top.until_shows(r"shop-prod +ok +\[").isascii())

    # --- beginnings and ends ---

    def test_a_daemon_that_goes_away_is_missed_and_found_again(self):
        top = self.open_top(**PLAIN)
        self.stop()
        top.until_shows(r"^away since \d+(s| ms), trying again: no daemon answers at /")
        top.press("p")
        top.until_shows("^not done")
        self.start()
        top.until_shows("^nothing is wrong")
        self.assertNotEqual(self.state_of("shop-prod"), "paused")

    def test_the_terminal_is_given_back(self):
        for end in ("q", "C-c", signal.SIGTERM, signal.SIGHUP):
            with self.subTest(end=end):
                place = self.home / "pid"
                top = Terminal(self, 80, 24)
                top.begin(f"sh -c 'echo $$ > {place}; exec {BUILD}/triggerctl --socket {self.home}/run/control top'")
                top.until_shows("nothing is wrong")
                self.assertFalse(top.is_given_back())
                if isinstance(end, str):
                    top.press(end)
                else:
                    os.kill(int(place.read_text()), end)
                top.until(lambda _: top.is_given_back(), "given back")
                top.type("echo $((6 * 7))")
                top.press("Enter")
                top.until_shows(r"^(\$ )?42$")  # what is typed before the shell looks stands above its prompt

    def test_without_a_terminal_it_says_so(self):
        code, out, err = self.ctl("top")
        self.assertEqual((code, out), (64, ""))
        self.assertIn("needs a terminal", err)
        dumb = Terminal(self, 80, 24)
        dumb.begin("TERM=dumb", BUILD / "triggerctl", "top;", "echo code $?")
        dumb.until_shows("^code 64")


if __name__ == "__main__":
    unittest.main(verbosity=2)
