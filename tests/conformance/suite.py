"""The suite as a program, `@modelcontextprotocol/conformance` from npm: what it knows, what it runs, what it found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.excused import BASELINE
from tests.flows.desk import NodeClients
from tests.support.parts import missing

VERSIONS = ("2025-11-25", "2026-07-28")
"""The revisions of the protocol that are tested; each has its own messages on the wire."""

_PROGRAM = "node_modules/@modelcontextprotocol/conformance/dist/index.js"
_OLDEST_NODE = 22
_SECONDS = 120
_LISTED = re.compile(r"^ +- ([\w-]+) \[", re.MULTILINE)
# A directory of results is named for the command, the scenario and the time.
_RESULTS = re.compile(r"(?:authorization-)?server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z")


@dataclass(frozen=True, slots=True)
class Run:
    """One run over all scenarios of a revision: what the suite printed, its verdict, and the checks by scenario."""

    output: str
    has_passed: bool
    checks: dict[str, list[dict[str, Any]]]

    def complaints(self, scenario: str) -> dict[str, str]:
        """Return the checks of `scenario` that failed or warned, with what the suite says of them."""
        return {
            check["id"]: check.get("errorMessage") or json.dumps(check.get("details"))
            for check in self.checks[scenario]
            if check["status"] in {"FAILURE", "WARNING"}
        }


@dataclass(frozen=True, slots=True)
class Suite:
    """The installed suite; `directory` is where its runs leave their results."""

    clients: NodeClients
    directory: Path

    def scenarios(self, kind: str, version: str = "") -> set[str]:
        """Return the names of the scenarios for a `server` or an `authorization` server, of one revision or of all."""
        chosen = ["--spec-version", version] if version else []
        command = self.clients.command(_PROGRAM, "list", f"--{kind}", *chosen)
        listed = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True).stdout
        return set(_LISTED.findall(listed))

    def judge_server(self, url: str, version: str) -> Run:
        """Run every scenario of `version` against the MCP server at `url`; what is excused may fail, and must."""
        baseline = self.directory / "expected-failures.yaml"
        baseline.write_text(json.dumps({"server": BASELINE}))  # JSON is YAML.
        chosen = ["--suite", "all", "--expected-failures", str(baseline)]
        return self._run(["server", "--url", url, *chosen], version, ignore)

    def judge_authorization_server(self, settings: dict[str, str], version: str, visit: Callable[[str], None]) -> Run:
        """Run every scenario of `version` against an authorization server; `settings` are options of the command.

        `visit` is called with the address at which a person must allow access.
        """
        options = [text for name, value in settings.items() for text in (f"--{name}", value)]
        return self._run(["authorization", *options], version, visit)

    def _run(self, arguments: list[str], version: str, visit: Callable[[str], None]) -> Run:
        results = self.directory / f"{arguments[0]}-{version}"
        chosen = ["--spec-version", version, "--output-dir", str(results)]
        process = subprocess.Popen(
            self.clients.command(_PROGRAM, *arguments, *chosen),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            output = _follow(process, visit)
        found = {_scenario(path.parent): json.loads(path.read_text()) for path in results.glob("*/checks.json")}
        sys.stdout.write(f"\n{arguments[0]}, {version}\n{output[output.find('=== SUMMARY') :]}")
        return Run(output, process.wait(_SECONDS) == 0, found)


def need_node(clients: NodeClients) -> None:
    """Skip the test, or fail it under CI_STRICT, where the machine's Node is too old for the suite."""
    version = subprocess.run([clients.node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < _OLDEST_NODE:
        missing(f"the conformance suite needs Node {_OLDEST_NODE} or newer, and this is {version}")


def ignore(_url: str) -> None:
    """Visit nothing: scenarios of MCP servers need nobody."""


def _follow(process: subprocess.Popen[str], visit: Callable[[str], None]) -> str:
    """Read to the end what the suite prints, visiting the address that stands on a line of its own."""
    assert process.stdout is not None
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if line.startswith("http"):
                visit(line.strip())
    except BaseException:
        # It would wait minutes for the person who did not come through.
        process.kill()
        raise
    return "".join(lines)


def _scenario(results: Path) -> str:
    named = _RESULTS.fullmatch(results.name)
    assert named, results
    return named.group(1)
