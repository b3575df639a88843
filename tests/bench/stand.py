"""What all rows need: the programs, the packages of npm, a certificate for localhost."""

import dataclasses
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
from npm import install  # noqa: E402

PACKAGES = ["@trigger.dev/sdk@4.8.3", "bun@1.4.5"]


@dataclasses.dataclass
class Tls:
    authority: pathlib.Path
    certificate: pathlib.Path
    key: pathlib.Path


class Stand:
    def __init__(self, programs, folder, scale):
        self.programs = pathlib.Path(programs).resolve()
        self.folder = pathlib.Path(folder).resolve()
        self.packages = self.folder / "packages"
        self._scale = scale
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tls = self._certificate()

    def scaled(self, units):
        """A quick look does a part of the work; what it says is less steady."""
        return max(100, int(units * self._scale) // 100 * 100)

    def fetch_packages(self):
        install(self.packages, *PACKAGES)
        for file in (HERE / "rivals").glob("*.mjs"):
            shutil.copy(file, self.packages)

    def _certificate(self):
        place = Tls(*(self.folder / name for name in ("tls.crt", "tls.crt", "tls.key")))
        if not place.key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                            "-keyout", place.key, "-out", place.certificate], check=True, capture_output=True)
        return place
