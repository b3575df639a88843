"""Packages of npm that a test needs beside the programs, in a folder that is kept for later runs."""

import shutil
import subprocess


def check_node(oldest=(0, 0)):
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise AssertionError("node and npm are needed: the Debian packages nodejs and npm")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(int(part) for part in said.lstrip("v").split(".")[:2]) < oldest:
        raise AssertionError(f"node {said} is too old, {oldest[0]}.{oldest[1]} is needed")


def install(folder, *packages):
    """Once for a folder and these packages, "name@version" each. npm needs the machine's own settings, its proxies and
    home among them."""
    installed, wanted = folder / "node_modules/.installed", "\n".join(packages)
    if installed.exists() and installed.read_text("utf-8") == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    argv = ["npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix", folder, *packages]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        raise AssertionError(f"npm install {' '.join(packages)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    installed.write_text(wanted, "utf-8")
