"""A real terminal for a test: tmux with a server of its own. The test is the person before the screen."""

import re
import subprocess
import time

from house import PATIENCE, environment

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_SEQUENCE = re.compile(r"\x1b\[([\d;]*)m|\x1b\(B|[\x0e\x0f]")


def _after(how, code):
    """How text looks after one more number of a colour sequence."""
    if code == 0:
        return frozenset()
    if code in (1, 2, 7):
        return how | {{1: "bold", 2: "faint", 7: "reverse"}[code]}
    if 30 <= code <= 37:
        return how - set(_COLOURS) | {_COLOURS[code - 30]}
    return how - set(_COLOURS) if code == 39 else how


def spell_colours(screen):
    """Colours as words, "<red>text<>": releases of tmux put them into sequences in several ways."""
    lines = []
    for line in screen.splitlines():
        out, shown, how, at = "", frozenset(), frozenset(), 0
        for found in [*_SEQUENCE.finditer(line), None]:
            text = line[at:found.start() if found else None]
            if text and how != shown:
                out += "<" + " ".join(sorted(how)) + ">"
                shown = how
            out += text
            if found:
                at = found.end()
                for code in (found.group(1) or "0").split(";") if found.group(1) is not None else ():
                    how = _after(how, int(code or 0))
        lines.append(out + ("<>" if shown else ""))
    return "\n".join(lines) + "\n"


class Terminal:
    def __init__(self, test, columns, rows, **env):
        self.name = f"triggerd-{time.monotonic_ns()}"
        self.columns, self.rows = columns, rows
        self.env = environment(TERM="xterm-256color", **env)
        test.addCleanup(self.kill)
        # A shell stays behind the programs, so that what they leave of the terminal can be looked at.
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), "env", "PS1=$ ", "sh")
        self.until_shows(r"^\$")

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *words], text=True, capture_output=True,
                              env=self.env, timeout=PATIENCE, check=False)
        if done.returncode:
            raise AssertionError(f"tmux {words}: {done.stderr}")
        return done.stdout

    def kill(self):
        subprocess.run(["tmux", "-L", self.name, "kill-server"], capture_output=True, env=self.env, timeout=PATIENCE,
                       check=False)

    def begin(self, *words):
        """Types a command line on an empty screen."""
        self.type("clear; " + " ".join(str(w) for w in words))
        self.press("Enter")

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def press(self, *keys):
        """Keys by tmux's names: Enter, Escape, Down, C-c."""
        self.tmux("send-keys", *keys)

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def coloured_screen(self):
        return spell_colours(self.tmux("capture-pane", "-p", "-e"))

    def is_given_back(self):
        """The cursor is seen again, on the screen of before, and keys are echoed."""
        state = self.tmux("display-message", "-p", "#{cursor_flag} #{alternate_on} #{wrap_flag} #{pane_tty}").split()
        modes = subprocess.run(["stty", "-a", "-F", state[3]], text=True, capture_output=True, check=True).stdout
        return state[:3] == ["1", "0", "1"] and {"echo", "icanon", "isig"} <= set(modes.split())

    def until(self, look, what):
        """Looks at the screen until it is as wanted; gives it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            screen = self.screen()
            if look(screen):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"never {what}; the screen:\n{screen}")

    def until_shows(self, pattern):
        return self.until(lambda screen: re.search(pattern, screen, re.M), f"showed {pattern!r}")

    def until_hides(self, pattern):
        return self.until(lambda screen: not re.search(pattern, screen, re.M), f"hid {pattern!r}")
