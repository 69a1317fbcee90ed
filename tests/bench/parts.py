"""What the bench has in .bench/: FastMCP in a virtual environment of its own, and the packages from npm."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".bench"
FASTMCP = ("fastmcp==4.1.0", "gunicorn==27.0.1")
_NODE_SOURCES = Path(__file__).with_name("node_provider")
_NPM_OPTIONS = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error")
_INSTALL_SECONDS = 600


class MissingPart(Exception):
    """A program or package that a competitor needs is not there and cannot be installed."""


def fastmcp_python() -> Path:
    """Return the interpreter that has FastMCP. Raises `MissingPart` before `install_fastmcp`."""
    python = HOME / "fastmcp" / "bin" / "python"
    if not (HOME / "fastmcp" / "installed").exists():
        raise MissingPart("FastMCP is not installed; make bench does so")
    return python


def install_fastmcp() -> None:
    """Install FastMCP into .bench/fastmcp, with gunicorn to serve it, unless these versions are there."""
    home = HOME / "fastmcp"
    installed = home / "installed"
    if installed.exists() and installed.read_text().split() == list(FASTMCP):
        return
    _run([sys.executable, "-m", "venv", "--clear", str(home)], ROOT)
    _run([str(home / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *FASTMCP], ROOT)
    installed.write_text("\n".join(FASTMCP))


def install_node_provider(home: Path = HOME / "node") -> Path:
    """Return the directory in which server.mjs and the packages it imports lie, installed there when they were not."""
    home.mkdir(parents=True, exist_ok=True)
    wanted = (_NODE_SOURCES / "package.json").read_text()
    installed = home / "installed.json"
    if not installed.exists() or installed.read_text() != wanted:
        shutil.copy(_NODE_SOURCES / "package.json", home)
        _run([program("npm"), "install", *_NPM_OPTIONS], home)
        installed.write_text(wanted)
    # Copied each time: a module finds packages beside itself only.
    for name in ("server.mjs", "adapter.mjs"):
        shutil.copy(_NODE_SOURCES / name, home)
    return home


def program(name: str) -> str:
    """Return the path of a program. Raises `MissingPart`."""
    path = shutil.which(name)
    if path is None:
        raise MissingPart(f"{name} is not installed")
    return path


def _run(command: list[str], directory: Path) -> None:
    try:
        completed = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MissingPart(f"{command[0]} did not finish") from error
    if completed.returncode != 0:
        raise MissingPart(completed.stderr[-1000:])
