"""Servers as processes of their own, started with the commands that `make run` uses."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.environment import live_server_environment
from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address without a trailing slash, and where its output goes."""

    url: str
    log: Path

    @property
    def mcp_url(self) -> str:
        """The address that people type into an MCP client."""
        return f"{self.url}/mcp"


@contextmanager
def running_servers(
    directory: Path, database_url: str, *, count: int = 1, process_type: str = "all", settings: Mapping[str, str] = {}
) -> Iterator[list[Server]]:
    """Prepare the database at `database_url` with the demo's people, and run `count` servers on it.

    Each listens on a free port of 127.0.0.1 and is its own public address, as on a developer's machine.
    """
    environment = {"DATABASE_URL": database_url, "MEDIA_ROOT": str(directory / "media"), **settings}
    for command in (["migrate", "--no-input", "--verbosity", "0"], ["seed_demo"]):
        manage(command, environment)
    with ExitStack() as stack:
        starting = [_start(directory, process_type, environment, stack) for _ in range(count)]
        for server, process in starting:
            _wait_until_ready(server, process)
        yield [server for server, _ in starting]


def manage(arguments: list[str], environment: Mapping[str, str]) -> str:
    """Run one of Django's commands as a process and return what it printed."""
    completed = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**live_server_environment("http://127.0.0.1:8000"), **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def _start(
    directory: Path, process_type: str, environment: Mapping[str, str], stack: ExitStack
) -> tuple[Server, subprocess.Popen[bytes]]:
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", directory / f"server-{port}.log")
    log = stack.enter_context(server.log.open("wb"))
    process = subprocess.Popen(
        [sys.executable, "-m", "roboflow_auth.serve", process_type],
        cwd=ROOT,
        env={**live_server_environment(server.url), **environment, "HOST": "127.0.0.1", "PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    stack.callback(stop, process)
    return server, process


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{server.url}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{server.log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server, politely first."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
