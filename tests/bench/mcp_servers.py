"""The MCP servers that /mcp is compared with, each under the gunicorn that serves this product."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.authorization_servers import Competitor
from tests.bench.mcp_answer import TOKEN, TOOL
from tests.bench.mcp_paths import mcp_loads
from tests.bench.parts import fastmcp_python
from tests.bench.processes import PROCESSES, Place, running
from tests.support.postgres import free_port

SDK, FASTMCP = "bare MCP SDK", "FastMCP"


@contextmanager
def running_sdk(place: Place) -> Iterator[Competitor]:
    """Run sdk_server.py in the product's environment, which has the SDK."""
    with _gunicorn(SDK, Path(sys.executable), "tests.bench.sdk_server", place) as competitor:
        yield competitor


@contextmanager
def running_fastmcp(place: Place) -> Iterator[Competitor]:
    """Run fastmcp_server.py in FastMCP's environment. Raises `MissingPart` where nobody made one."""
    with _gunicorn(FASTMCP, fastmcp_python(), "tests.bench.fastmcp_server", place) as competitor:
        yield competitor


@contextmanager
def _gunicorn(name: str, python: Path, module: str, place: Place) -> Iterator[Competitor]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    # Not uvicorn: its sockets for several processes delay small packets, and each answer would take 40 ms.
    options = [f"--bind=127.0.0.1:{port}", f"--workers={PROCESSES}", "--worker-class=asgi", "--log-level=warning"]
    command = [str(python), "-m", "gunicorn", *options, "--reuse-port", "--no-control-socket", f"{module}:application"]
    settings = {"PUBLIC_URL": base, "FASTMCP_LOG_LEVEL": "WARNING"}
    with running(command, settings, f"{base}/mcp", place.directory / f"{module}.log"):
        yield Competitor(name, mcp_loads(base, TOOL, [TOKEN], host=f"127.0.0.1:{port}"))
