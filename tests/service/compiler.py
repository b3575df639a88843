#!/usr/bin/python3
"""Stands for a program with a just-in-time compiler and a cache: it fails where either is forbidden."""

import json
import mmap
import os
import pathlib

mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
cache = pathlib.Path(os.environ["HOME"]) / ".cache"
cache.mkdir(exist_ok=True)
(cache / "kept").write_text("yes", encoding="ascii")
print(json.dumps({"order": "compiled"}))
