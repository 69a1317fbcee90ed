"""One measured path of one competitor: the requests, the answer they must get, and wrk as what sends them.

`probe` sends one request and looks at the whole answer; `measure` sends many, and load.lua checks status and a pattern
of each answer. What is not right counts as wrong, and a round with wrong answers is no result.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("load.lua")
# Slow competitors answer after seconds; wrk must wait for them.
_TIMEOUT_SECONDS = 60


class WrongAnswer(Exception):
    """A competitor did not do what is being measured."""


class NoAnswer(Exception):
    """A competitor answered nothing within the time of a round, neither right nor wrong."""


@dataclass(slots=True)
class Load:
    """Requests to one path. Each takes the next of `fills` in the place of `@@` in its headers and body.

    Where `is_once`, a fill is never sent twice: a code buys tokens once. `members` must stand in an answer's JSON, and
    every answer must match `pattern`, which both Python and Lua read alike: no alternatives, no classes but `.`.
    """

    url: str
    status: int
    members: frozenset[str]
    pattern: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    fills: list[str] = field(default_factory=lambda: [""])
    is_once: bool = False
    _position: int = 0

    def take(self, count: int) -> list[str]:
        """Return the next `count` fills, fewer when they run out; where they may be repeated, all of them."""
        if not self.is_once:
            return self.fills
        taken = self.fills[self._position : self._position + count]
        self._position += len(taken)
        return taken


@dataclass(frozen=True, slots=True)
class Figure:
    """What one round showed: right answers, and the seconds from the first request to the last of them."""

    answers: int
    seconds: float

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return self.answers / self.seconds


def form(**parameters: str) -> dict[str, Any]:
    """Return headers and body of an urlencoded form, whose values must need no escaping."""
    return {
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "body": "&".join(f"{name}={value}" for name, value in parameters.items()),
    }


def probe(load: Load) -> dict[str, Any]:
    """Send the next request and return the answer's JSON. Raises `WrongAnswer` unless it is the one that is wanted."""
    [fill] = load.take(1)[:1]
    headers = {name: value.replace("@@", fill) for name, value in load.headers.items()}
    answer = httpx.request(load.method, load.url, headers=headers, content=load.body.replace("@@", fill), timeout=30)
    found = answer.json() if answer.status_code == load.status else {}
    if not load.members <= set(found) or not re.search(load.pattern, answer.text):
        raise WrongAnswer(f"{load.method} {load.url}: {answer.status_code} {answer.text[:500]}")
    return dict(found)


def measure(load: Load, *, seconds: float, at_most: int) -> Figure:
    """Send requests over 16 connections for `seconds`, or until `at_most` fills are used up where each counts once.

    Raises `WrongAnswer` when an answer was wrong or a connection lost, `NoAnswer` when the time was too short for one.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        plan, result = directory / "plan.lua", directory / "result"
        fills = directory / "fills"
        fills.write_text("\n".join(load.take(at_most)) + "\n")
        plan.write_text(_plan(load, fills, result))
        command = [wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", f"--timeout={_TIMEOUT_SECONDS}s"]
        completed = subprocess.run(
            [*command, f"--script={_SCRIPT}", load.url],
            env={**os.environ, "BENCH_PLAN": str(plan)},
            capture_output=True,
            text=True,
            timeout=seconds + 2 * _TIMEOUT_SECONDS,
            check=False,
        )
        if not result.exists():
            raise WrongAnswer(f"wrk failed: {completed.stderr or completed.stdout}")
        return _figure(load, result.read_text())


def wrk() -> str:
    """Return the path of the load generator. Raises SystemExit where it is not installed."""
    path = shutil.which("wrk")
    if path is None:
        raise SystemExit("The load generator is missing: apt-get install wrk")
    return path


def _figure(load: Load, result: str) -> Figure:
    right, wrong, seconds, lost, first_wrong = result.split("\n")[:5]
    if int(wrong) or float(lost):
        raise WrongAnswer(f"{load.url}: {right} right, {wrong} wrong, {lost} lost; {first_wrong}")
    if not int(right):
        raise NoAnswer(load.url)
    return Figure(int(right), float(seconds))


def _plan(load: Load, fills: Path, result: Path) -> str:
    headers = ", ".join(f"[{_quoted(name)}] = {_quoted(value)}" for name, value in load.headers.items())
    members = {
        "method": _quoted(load.method),
        "path": _quoted(httpx.URL(load.url).raw_path.decode()),
        "headers": f"{{{headers}}}",
        "body": _quoted(load.body) if load.body else "nil",
        "fills": _quoted(str(fills)),
        "once": str(load.is_once).lower(),
        "status": str(load.status),
        "pattern": _quoted(load.pattern),
        "result": _quoted(str(result)),
    }
    return "return {" + ", ".join(f"{name} = {value}" for name, value in members.items()) + "}\n"


def _quoted(text: str) -> str:
    """Return `text` as a Lua string. It has to hold no control characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
