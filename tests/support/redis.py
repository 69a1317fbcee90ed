"""Starts the operating system's redis-server on a free port, for tests of what several processes share."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.support.parts import need
from tests.support.postgres import free_port


@contextmanager
def running_redis(directory: Path) -> Iterator[str]:
    """Run a Redis server that writes nothing to disk, and yield its address (`redis://127.0.0.1:PORT/0`)."""
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(directory)]
    with (directory / "redis.log").open("wb") as log:
        process = subprocess.Popen([need("redis"), *options], stdout=log, stderr=log)
        try:
            _wait_until_ready(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 10
    with redis.Redis(host="127.0.0.1", port=port) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
