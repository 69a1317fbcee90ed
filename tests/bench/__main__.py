"""The command line of the bench: `python -m tests.bench`, or `make bench` (see the package's docstring)."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench import report
from tests.bench.authorization_servers import Competitor, running_node_provider, running_ours, running_plain_dot
from tests.bench.load import probe, wrk
from tests.bench.mcp_paths import MCP_PATHS
from tests.bench.mcp_servers import running_fastmcp, running_sdk
from tests.bench.oauth_paths import OAUTH_PATHS
from tests.bench.parts import install_fastmcp
from tests.bench.processes import Place, running_postgres
from tests.bench.rounds import Comparison, Schedule, compare

PATHS = (*OAUTH_PATHS, *MCP_PATHS)


def main() -> None:
    """Measure, print the table, and write it to docs/performance.md when everything was measured."""
    arguments = _parser().parse_args()
    wrk()
    load_before = os.getloadavg()[0]
    schedule = Schedule(arguments.seconds, arguments.rounds, arguments.warm_up)
    paths = [path for path in PATHS if not arguments.only or any(word in path for word in arguments.only)]
    with tempfile.TemporaryDirectory(prefix="bench-") as name, running_postgres(Path(name)) as postgres_url:
        place = Place(Path(name), postgres_url)
        comparisons = _run(place, schedule, paths)
        result = report.facts(place.postgres_version(), schedule, load_before) + "\n" + report.table(comparisons)
    _say("\n" + result)
    if not arguments.only:
        report.write(result)
    missed = [comparison for comparison in comparisons if not comparison.is_met]
    sys.exit(f"{len(missed)} aims were missed" if missed and arguments.strict else 0)


def _run(place: Place, schedule: Schedule, paths: Sequence[str]) -> list[Comparison]:
    install_fastmcp()
    with ExitStack() as stack:
        _say("Making databases, and the codes and tokens in them")
        competitors = [
            stack.enter_context(running_ours(place, schedule.total)),
            stack.enter_context(running_plain_dot(place, schedule.total)),
            stack.enter_context(running_node_provider(place, schedule.total)),
            stack.enter_context(running_sdk(place)),
            stack.enter_context(running_fastmcp(place)),
        ]
        _probe_all(competitors, paths)
        found: list[Comparison] = []
        for path in paths:
            _say(f"Measuring {path}")
            found += compare(path, competitors, schedule)
        return found


def _probe_all(competitors: Sequence[Competitor], paths: Sequence[str]) -> None:
    for competitor in competitors:
        for path, load in competitor.loads.items():
            if path in paths:
                probe(load)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure this server beside others.")
    parser.add_argument("--seconds", type=int, default=4, help="length of a round (4)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each path and competitor (5)")
    parser.add_argument("--warm-up", type=int, default=2, help="seconds before the first round (2)")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="only paths whose name has such a word")
    parser.add_argument("--strict", action="store_true", help="fail when an aim is missed")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
