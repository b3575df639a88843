"""Completions as the three shells give them: words of the program's own grammar, and names of the running daemon."""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import time
import unittest

from house import BUILD, PATIENCE, House, environment

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "config" / "completions"

BASH = """
source "$1"
read -r -a COMP_WORDS <<<"$2"
[[ $2 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"_${COMP_WORDS[0]//-/_}"
printf '%s\\n' "${COMPREPLY[@]}"
"""

FISH = "source $argv[1]; complete -C $argv[2] | string replace -r '\\t.*' ''"


def installed(shell):
    return unittest.skipUnless(shutil.which(shell), f"{shell} is not installed")


class Completion(House):
    def setUp(self):
        super().setUp()
        self.env = environment(TRIGGERD_SOCKET=str(self.home / "run/control"), HOME=str(self.home), TERM="dumb")
        self.env["PATH"] = f"{BUILD}:{self.env['PATH']}"

    def live(self):
        self.open_sandbox()
        self.write()
        self.start()

    def run_shell(self, *words):
        done = subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=PATIENCE, cwd=self.home)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def bash(self, typed):
        return self.run_shell("bash", "-c", BASH, "bash", str(SCRIPTS / f"{typed.split()[0]}.bash"), typed)

    def fish(self, typed):
        return self.run_shell("fish", "--no-config", "-c", FISH, str(SCRIPTS / f"{typed.split()[0]}.fish"), typed)

    def check_words(self, complete):
        self.assertEqual(complete("triggerctl resu"), {"resume"})
        self.assertLessEqual({"status", "run", "explain"}, complete("triggerctl "))
        self.assertEqual(complete("triggerctl explain target.park"), {"target.parked"})
        self.assertEqual(complete("triggerctl resolve f1 --as "), {"done", "failed", "retry"})
        self.assertEqual(complete("triggerctl run --wa"), {"--wait"})
        self.assertEqual(complete("triggerd ledger "), {"export", "import", "new"})
        self.assertIn("--seed", complete("triggerd-sandbox --se"))

    def check_names(self, complete):
        self.assertEqual(complete("triggerctl run "), {"rehearse"})
        self.assertEqual(complete("triggerctl run rehearse --on shop-"), {"shop-prod", "shop-staging"})
        self.assertLessEqual({"rehearse", "shop-prod"}, complete("triggerctl pause "))
        self.assertLessEqual({"runs.list", "runs.retrieve"}, complete("triggerctl call shop-prod runs."))

    def test_bash_knows_the_words(self):
        self.check_words(self.bash)

    def test_bash_asks_the_daemon_for_names(self):
        self.live()
        self.check_names(self.bash)
        self.other_target_works()
        fire = self.ctl("fires", "--names")[1].strip()
        self.assertEqual(self.bash(f"triggerctl fire {fire[:6]}"), {fire})

    def test_without_a_daemon_there_are_no_names_and_no_noise(self):
        self.assertEqual(self.bash("triggerctl run "), set())

    @installed("fish")
    def test_fish_knows_the_words_and_asks_for_names(self):
        self.live()
        self.check_words(self.fish)
        self.check_names(self.fish)

    @installed("zsh")
    def test_zsh_fills_in_what_is_unique(self):
        self.live()
        for typed, whole in (("triggerctl resu", "triggerctl resume "), ("triggerctl run reh", "triggerctl run rehearse "),
                             ("triggerctl run --wa", "triggerctl run --wait "),
                             ("triggerctl targets shop-s", "triggerctl targets shop-staging "),
                             ("triggerctl resolve --as ret", "triggerctl resolve --as retry "),
                             ("triggerd ledger exp", "triggerd ledger export ")):
            with self.subTest(typed):
                self.zsh_completes(typed, whole)

    def zsh_completes(self, typed, whole):
        setup = f"fpath=({SCRIPTS} $fpath); autoload -Uz compinit; compinit -u -D; PS1='rea''dy> '\n"
        child, terminal = pty.fork()
        if child == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], self.env)
        try:
            os.write(terminal, setup.encode())
            self.hear(terminal, "ready> ")
            os.write(terminal, typed.encode() + b"\t")
            self.hear(terminal, whole)
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)
            os.close(terminal)

    def hear(self, terminal, words):
        said, deadline = "", time.monotonic() + PATIENCE
        while words not in said:
            self.assertGreater(deadline, time.monotonic(), f"{words!r} is not in {said!r}")
            if select.select([terminal], [], [], 1)[0]:
                said += os.read(terminal, 4096).decode(errors="replace")


if __name__ == "__main__":
    unittest.main()
