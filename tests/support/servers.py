"""Servers as processes of their own, started with the commands that `make run` uses."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.support.environment import live_server_environment
from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address without a trailing slash, where its output goes, and what its data stands in."""

    url: str
    log: Path
    database_url: str

    @property
    def mcp_url(self) -> str:
        """The address that people type into an MCP client."""
        return f"{self.url}/mcp"


@contextmanager
def running_servers(
    directory: Path,
    *,
    database_url: str = "",
    count: int = 1,
    process_type: str = "all",
    settings: Mapping[str, str] = {},
) -> Iterator[list[Server]]:
    """Run `count` servers on one database of the demo: that at `database_url`, or a SQLite file of its own.

    Each listens on a free port of 127.0.0.1 and is its own public address, as on a developer's machine.
    """
    if database_url:
        prepare_demo(directory, database_url, settings)
    else:
        shutil.copytree(_demo().name, directory, dirs_exist_ok=True)
    environment = {**_data_of(directory, database_url), **settings}
    with ExitStack() as stack:
        starting = [_start(directory, process_type, environment, stack) for _ in range(count)]
        for server, process in starting:
            _wait_until_ready(server, process)
        yield [server for server, _ in starting]


def prepare_demo(directory: Path, database_url: str = "", settings: Mapping[str, str] = {}) -> None:
    """Fill the database at `database_url`, or a new one in `directory`, as `make run` does; media go to `directory`."""
    for command in (["migrate", "--no-input", "--verbosity", "0"], ["seed_demo"]):
        manage(command, {**_data_of(directory, database_url), **settings})


@cache
def _demo() -> TemporaryDirectory[str]:
    """Return a directory with the demo's data, to be copied: making it anew takes longer than most tests."""
    directory = TemporaryDirectory(prefix="roboflow-auth-demo-")
    prepare_demo(Path(directory.name))
    return directory


def _data_of(directory: Path, database_url: str) -> dict[str, str]:
    database_url = database_url or f"sqlite:///{directory / 'db.sqlite3'}"
    return {"DATABASE_URL": database_url, "MEDIA_ROOT": str(directory / "media")}


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
    server = Server(f"http://127.0.0.1:{port}", directory / f"server-{port}.log", environment["DATABASE_URL"])
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
