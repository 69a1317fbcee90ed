"""Packages from npm that tests use: pinned in a package.json beside the tests, and installed once for many runs."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

from tests.support.parts import missing, need

_INSTALL = ("install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error")
_INSTALL_SECONDS = 300


def install_packages(package_json: Path, directory: Path) -> Path:
    """Install what `package_json` pins into `directory`, unless it is there, and return the directory of the packages.

    Without npm or its registry the running test is skipped.
    """
    npm = need("npm")
    with (directory / "lock").open("w") as lock:
        # Two workers of pytest-xdist must not install at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = package_json.read_text()
        installed = directory / "installed.json"
        if not installed.exists() or installed.read_text() != wanted:
            shutil.copy(package_json, directory)
            _run_npm(npm, directory)
            installed.write_text(wanted)
    return directory / "node_modules"


def _run_npm(npm: str, directory: Path) -> None:
    try:
        done = subprocess.run(
            [npm, *_INSTALL], cwd=directory, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        missing(f"npm did not finish within {_INSTALL_SECONDS} seconds")
    if done.returncode != 0:
        missing(f"npm could not install the packages: {done.stderr[-500:]}")
