"""Servers of the bench as processes on free ports of 127.0.0.1, and the databases they stand on."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

from tests.support.postgres import PostgresControl
from tests.support.servers import stop

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
"""How many worker processes every competitor has."""

_START_SECONDS = 60
# Measured with the durability that a deployment has: the tests' own settings, which give it up, are overridden.
_SETTINGS = """
fsync = on
synchronous_commit = on
full_page_writes = on
autovacuum = on
shared_buffers = 256MB
max_wal_size = 4GB
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run happens: a directory for logs, and the database server that all competitors share."""

    directory: Path
    postgres_url: str

    def make_database(self, name: str) -> str:
        """Return the address of a new, empty database; one of that name is dropped."""
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return urlunsplit(urlsplit(self.postgres_url)._replace(path=f"/{name}"))

    def postgres_version(self) -> str:
        """Return the database server's version, such as 16.2."""
        with psycopg.connect(self.postgres_url) as connection:
            return str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]  # type: ignore[index]


@contextmanager
def running_postgres(directory: Path) -> Iterator[str]:
    """Yield the address of the database server: BENCH_POSTGRES_URL, or one that is started in `directory`."""
    given = os.environ.get("BENCH_POSTGRES_URL")
    if given:
        yield given
        return
    # Started as root, the server runs under an account of its own, which must be able to enter.
    directory.chmod(0o755)
    control = PostgresControl(directory / "postgres")
    with (directory / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write(_SETTINGS)
    url = control.start()
    try:
        yield url
    finally:
        control.stop()


def settle(database_url: str) -> None:
    """Bring statistics and visibility up to date after a bulk load, as the server itself does within minutes."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def run(command: Sequence[str], environment: Mapping[str, str], given: str = "") -> str:
    """Run a program to its end in the project, with `given` on standard input; return what it printed."""
    completed = subprocess.run(
        list(command),
        cwd=ROOT,
        env={**os.environ, **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{completed.stderr[-3000:]}")
    return completed.stdout


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], ready_url: str, log: Path) -> Iterator[None]:
    """Run a server for the length of a block, from when it answers at `ready_url`, however it answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command), cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
        try:
            _wait(process, ready_url, log)
            yield
        finally:
            stop(process)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} did not start:\n{log.read_text()[-3000:]}")
