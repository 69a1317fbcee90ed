"""The authorization servers that are compared: this one, plain django-oauth-toolkit, and the npm package oidc-provider.

Each is a context manager that makes a database, fills it, and yields a Competitor while its server runs.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from roboflow_auth.core.rate_limits import LimitName
from tests.bench.load import Load
from tests.bench.mcp_paths import mcp_loads
from tests.bench.oauth_paths import PEOPLE, Order, oauth_loads, seeds_of
from tests.bench.parts import install_node_provider, program
from tests.bench.processes import PROCESSES, Place, run, running, settle
from tests.support.postgres import free_port
from tests.support.redis import running_redis

OURS, PLAIN_DOT, NODE = "ours", "plain DOT", "node oidc-provider"

_OFTEN = 100_000_000
OUR_LIMITS: Mapping[str, str] = {
    "RATE_LIMITS": ",".join(f"{name}={_OFTEN}/hour" for name in LimitName),
    "MAX_PENDING_CLIENTS": str(_OFTEN),
}
"""Settings that lift this product's rate limits: what is measured is the work of answering, not the refusal to."""

# More than any of them answers; plain DOT reaches a few hundred, so fewer codes have to be made for it.
_MOST, _MOST_OF_DOT = 3000, 800
_SECRET_KEY = "made-up-secret-key-for-the-bench-only-0123456789abcdef"
_METADATA_PATH = "/.well-known/oauth-authorization-server"
# As many as `web` has, so that plain DOT is not slower for want of them.
_THREADS = 8


@dataclass(frozen=True, slots=True)
class Competitor:
    """A running server and what can be measured of it.

    Codes and refresh tokens are used up; there are `most_per_second` of each for every second of load.
    """

    name: str
    loads: Mapping[str, Load]
    most_per_second: int = _MOST


@contextmanager
def running_ours(place: Place, seconds: int) -> Iterator[Competitor]:
    """Run this product as docs/running.md says, with fills for so many `seconds`: `web`, `mcp`, production settings."""
    port, mcp_port = free_port(), free_port()
    base = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        settings = {
            "DJANGO_SETTINGS_MODULE": "roboflow_auth.settings",
            "DATABASE_URL": place.make_database("bench_ours"),
            "DEBUG": "0",
            "PUBLIC_URL": base,
            "ALLOW_PLAIN_HTTP": "1",
            "SECRET_KEY": _SECRET_KEY,
            "MEDIA_ROOT": str(place.directory / "media"),
            "WEB_CONCURRENCY": str(PROCESSES),
            "HOST": "127.0.0.1",
            **_our_cache(place.directory, stack),
            **OUR_LIMITS,
        }
        run([sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"], settings)
        seeds = seeds_of(run([sys.executable, "-m", "tests.bench.seed_ours"], settings, _order(seconds, _MOST)))
        settle(settings["DATABASE_URL"])
        for process_type, its_port in (("web", port), ("mcp", mcp_port)):
            command = [sys.executable, "-m", "roboflow_auth.serve", process_type]
            ready, log = f"http://127.0.0.1:{its_port}/readyz", place.directory / f"ours-{process_type}.log"
            stack.enter_context(running(command, {**settings, "PORT": str(its_port)}, ready, log))
        mcp = mcp_loads(f"http://127.0.0.1:{mcp_port}", "workspace_get", seeds.access_tokens, host=f"127.0.0.1:{port}")
        yield Competitor(OURS, {**oauth_loads(base + _METADATA_PATH, seeds), **mcp})


@contextmanager
def running_plain_dot(place: Place, seconds: int) -> Iterator[Competitor]:
    """Run plain_dot/ under gunicorn."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.bench.plain_dot.settings",
        "DATABASE_URL": place.make_database("bench_dot"),
        "SECRET_KEY": _SECRET_KEY,
    }
    run([sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity=0"], settings)
    seeds = seeds_of(run([sys.executable, "-m", "tests.bench.seed_dot"], settings, _order(seconds, _MOST_OF_DOT)))
    settle(settings["DATABASE_URL"])
    options = [f"--bind=127.0.0.1:{port}", f"--workers={PROCESSES}", "--worker-class=gthread", f"--threads={_THREADS}"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        *options,
        "--reuse-port",
        "--no-control-socket",
        "tests.bench.plain_dot.wsgi",
    ]
    with running(command, settings, base + _METADATA_PATH, place.directory / "dot.log"):
        yield Competitor(PLAIN_DOT, oauth_loads(base + _METADATA_PATH, seeds), _MOST_OF_DOT)


@contextmanager
def running_node_provider(place: Place, seconds: int) -> Iterator[Competitor]:
    """Run node_provider/ as a Node cluster. Raises `MissingPart` without Node or its packages."""
    home, node, port = install_node_provider(), program("node"), free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {
        "DATABASE_URL": place.make_database("bench_node"),
        "ISSUER": base,
        "PORT": str(port),
        "WORKERS": str(PROCESSES),
        "NODE_ENV": "production",
    }
    server = str(home / "server.mjs")
    seeds = seeds_of(run([node, server, "seed"], settings, _order(seconds, _MOST)))
    settle(settings["DATABASE_URL"])
    metadata_url = f"{base}/.well-known/openid-configuration"
    with running([node, server, "serve"], settings, metadata_url, place.directory / "node.log"):
        yield Competitor(NODE, oauth_loads(metadata_url, seeds))


def _our_cache(directory: Path, stack: ExitStack) -> dict[str, str]:
    """Return the setting of a cache that the processes share, as a deployment has one, where Redis is installed."""
    if shutil.which("redis-server") is None:
        return {}
    return {"CACHE_URL": stack.enter_context(running_redis(directory)).replace("redis://", "rediscache://")}


def _order(seconds: int, most_per_second: int) -> str:
    # One more for the probe; where that is all, one person is enough.
    codes = 1 + seconds * most_per_second
    return json.dumps(asdict(Order(codes, people=min(PEOPLE, codes))))
