"""Rounds: the competitors of a path take turns, and each is compared with ours of the same round."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.authorization_servers import OURS, PLAIN_DOT, Competitor
from tests.bench.load import CONNECTIONS, Figure, NoAnswer, measure
from tests.bench.mcp_paths import MCP_PATHS
from tests.bench.mcp_servers import FASTMCP, SDK
from tests.bench.oauth_paths import CODE, INTROSPECTION, REFRESH, REGISTRATION, SERVICE

AIMS: Mapping[tuple[str, str], float] = {
    **{(path, PLAIN_DOT): 5.0 for path in (CODE, REFRESH)},
    **{(path, PLAIN_DOT): 100.0 for path in (SERVICE, INTROSPECTION, REGISTRATION)},
    **{(path, FASTMCP): 1.0 for path in MCP_PATHS},
    **{(path, SDK): 0.5 for path in MCP_PATHS},
}
"""How many times as fast as a competitor this server has to be; where nothing stands the figure is for information."""


# How long a round may take when there was no answer in its time.
_PATIENT_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to measure: whole seconds of a round, rounds, and seconds of the round ahead that is thrown away."""

    seconds: int
    rounds: int
    warm_up: int

    @property
    def total(self) -> int:
        """The seconds for which a path of one competitor is under load, so for which fills have to last."""
        return self.warm_up + self.seconds * self.rounds


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours and another's requests per second on one path, and ours as a multiple of the other's; all are medians."""

    path: str
    ours: float
    competitor: str
    theirs: float
    ratio: float

    @property
    def aim(self) -> float | None:
        """The multiple that is asked for, or None."""
        return AIMS.get((self.path, self.competitor))

    @property
    def is_met(self) -> bool:
        """Whether the aim is reached, or there is none."""
        return self.aim is None or self.ratio >= self.aim


def compare(path: str, competitors: Sequence[Competitor], schedule: Schedule) -> list[Comparison]:
    """Measure `path` of all `competitors` that have it; without ours among them there is nothing to compare."""
    able = [one for one in competitors if path in one.loads]
    if OURS not in {one.name for one in able}:
        return []
    for one in able:
        _measure(one, path, schedule.warm_up)
    rates: dict[str, list[float]] = {one.name: [] for one in able}
    for number in range(schedule.rounds):
        # Every other round goes backwards, so that nobody always follows the same one.
        for one in able if number % 2 == 0 else reversed(able):
            rates[one.name].append(_measure(one, path, schedule.seconds).rate)
    ours = rates.pop(OURS)
    return [_comparison(path, ours, name, theirs) for name, theirs in rates.items()]


def _measure(competitor: Competitor, path: str, seconds: int) -> Figure:
    load = competitor.loads[path]
    try:
        figure = measure(load, seconds=seconds, at_most=competitor.most_per_second * seconds)
    except NoAnswer:
        # Sixteen slow hashes at once take seconds, the longer the busier the machine is.
        figure = measure(load, seconds=_PATIENT_SECONDS, at_most=competitor.most_per_second * seconds)
    # The server still works on what was under way at the end, and must not do so during somebody else's round.
    time.sleep(2 * CONNECTIONS / figure.rate)
    return figure


def _comparison(path: str, ours: list[float], name: str, theirs: list[float]) -> Comparison:
    ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
    return Comparison(path, median(ours), name, median(theirs), ratio)
