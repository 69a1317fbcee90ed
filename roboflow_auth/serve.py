"""Starts a server process: `python -m roboflow_auth.serve all|web|mcp|dev`, or `manage …` for Django's command line.

The image's entry point and `make run` both come through here, so what is deployed is what was tried. Each kind of
process is one gunicorn command line, and this process becomes gunicorn, so that signals reach it (docs/running.md).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# Files besides imported modules whose change restarts a development server: they are read once, at the start.
WATCHED = ("templates/**/*.*", "roboflow_auth/**/static/**/*.*", "mcp_server/*.md")


@dataclass(frozen=True)
class ProcessType:
    """One kind of server process: its application, gunicorn's class of worker, and how many where nobody says."""

    application: str
    worker_class: str
    workers: int
    options: tuple[str, ...] = ()


# A socket for each worker, between which the kernel shares connections out. With one socket for all of them whichever
# worker is quickest takes a whole crowd of connections, and keeps those that stay open.
_SHARED_OUT = "--reuse-port"

# The numbers behind the choice of workers stand in docs/running.md.
PROCESS_TYPES = {
    "all": ProcessType("roboflow_auth.asgi:application", "asgi", workers=1),
    "web": ProcessType("roboflow_auth.wsgi:application", "gthread", workers=2, options=("--threads=8", _SHARED_OUT)),
    "mcp": ProcessType("roboflow_auth.asgi:application", "asgi", workers=2, options=(_SHARED_OUT,)),
    "dev": ProcessType(
        "roboflow_auth.asgi:application",
        "asgi",
        workers=1,
        options=("--reload", *(f"--reload-extra-file={pattern}" for pattern in WATCHED)),
    ),
}

USAGE = f"usage: python -m roboflow_auth.serve {'|'.join(PROCESS_TYPES)}, or manage COMMAND …"


def gunicorn_arguments(process_type: ProcessType, environ: Mapping[str, str]) -> list[str]:
    """Return gunicorn's arguments for `process_type` under the variables HOST, PORT, WEB_CONCURRENCY, TRUSTED_PROXIES.

    TRUSTED_PROXIES holds addresses or networks with commas between them; X-Forwarded-Proto is believed from there only.
    """
    host, port = environ.get("HOST", "127.0.0.1"), environ.get("PORT", "8000")
    return [
        f"--bind={f'[{host}]' if ':' in host else host}:{port}",
        f"--workers={environ.get('WEB_CONCURRENCY') or process_type.workers}",
        f"--worker-class={process_type.worker_class}",
        f"--forwarded-allow-ips={environ.get('TRUSTED_PROXIES', '')}",
        # The ASGI worker waits for idle connections too when it is asked to stop: longer would hold up every restart.
        "--keep-alive=5",
        # The longest that there is: an authorization request carries a state of 4 KiB, and client IDs that are URLs.
        "--limit-request-line=8190",
        # The request log is the application's, with the request id and without query strings, which hold secrets.
        "--log-level=warning",
        "--no-control-socket",
        *process_type.options,
        process_type.application,
    ]


def command(arguments: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """Return the command line that `arguments` (a process type, or `manage` and its own arguments) stand for.

    Raises SystemExit with the usage where they stand for none.
    """
    match list(arguments):
        case ["manage", *rest]:
            return [sys.executable, str(BASE_DIR / "manage.py"), *rest]
        case [name] if name in PROCESS_TYPES:
            return [sys.executable, "-m", "gunicorn", *gunicorn_arguments(PROCESS_TYPES[name], environ)]
        case _:
            raise SystemExit(USAGE)


def main() -> None:
    """Become the process that the command line asks for."""
    line = command(sys.argv[1:], os.environ)
    os.chdir(BASE_DIR)
    os.execv(line[0], line)  # noqa: S606 - there is no shell on purpose, and the line is ours.


if __name__ == "__main__":
    main()
