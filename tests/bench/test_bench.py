"""One tiny round of each path of each competitor: what `make bench` counts are right answers, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.authorization_servers import OURS, Competitor, running_node_provider, running_ours, running_plain_dot
from tests.bench.load import Load, NoAnswer, WrongAnswer, measure, probe
from tests.bench.mcp_paths import MCP_PATHS, MODERN_CALL
from tests.bench.mcp_servers import FASTMCP, SDK, running_sdk
from tests.bench.oauth_paths import CODE, OAUTH_PATHS, REFRESH, SERVICE
from tests.bench.parts import MissingPart
from tests.bench.processes import Place
from tests.bench.rounds import Comparison
from tests.support.parts import missing, need

Start = Callable[[Place], AbstractContextManager[Competitor]]

# No second of load, so one code and one refresh token for the probe. Each name is one database, made by one test.
DATABASE_STANDS: dict[str, Start] = {
    "ours": lambda place: running_ours(place, 0),
    "plain DOT": lambda place: running_plain_dot(place, 0),
    "node": lambda place: running_node_provider(place, 0),
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a directory, and the database server of the tests."""
    return Place(tmp_path, os.environ["DATABASE_URL"])


@pytest.fixture
def sdk(place: Place) -> Iterator[Competitor]:
    """Return the bare SDK, which is up soonest, for what is true of every round."""
    need("wrk")
    with running_sdk(place) as competitor:
        yield competitor


@pytest.mark.postgres
@pytest.mark.parametrize("name", DATABASE_STANDS)
def test_every_path_of_an_authorization_server_answers_as_it_should(place: Place, name: str) -> None:
    try:
        with DATABASE_STANDS[name](place) as competitor:
            assert set(OAUTH_PATHS) - {SERVICE} <= set(competitor.loads)
            answers = {path: probe(load) for path, load in competitor.loads.items()}
            # The seeds are single use: what was redeemed once is refused; only our refresh gives its answer again.
            for path in (CODE,) if name == OURS else (CODE, REFRESH):
                with pytest.raises(WrongAnswer, match="invalid_grant"):
                    probe(replace(competitor.loads[path], _position=0))
    except MissingPart as error:
        missing(str(error))
    assert answers[REFRESH]["refresh_token"] != competitor.loads[REFRESH].fills[0]


def test_both_forms_of_a_call_reach_the_bare_sdk(place: Place) -> None:
    with running_sdk(place) as competitor:
        assert [probe(competitor.loads[path])["id"] for path in MCP_PATHS] == [1, 1]


def test_a_round_counts_right_answers(sdk: Competitor) -> None:
    figure = measure(sdk.loads[MODERN_CALL], seconds=1, at_most=1)
    assert figure.answers > 10
    assert 0 < figure.seconds < 3


def test_a_fill_that_counts_once_is_sent_once(sdk: Competitor) -> None:
    token = sdk.loads[MODERN_CALL].fills[0]
    load = replace(sdk.loads[MODERN_CALL], fills=[token] * 30, is_once=True)
    assert measure(load, seconds=1, at_most=20).answers <= 20
    assert load.take(100) == [token] * 10


@pytest.mark.parametrize("change", [
    {"status": 201},
    {"pattern": '"structuredContent": ?{"workspace": ?7'},
    {"fills": ["another-token"]},
])  # fmt: skip
def test_a_round_with_wrong_answers_is_no_result(sdk: Competitor, change: dict[str, object]) -> None:
    load: Load = replace(sdk.loads[MODERN_CALL], **change)  # type: ignore[arg-type]
    with pytest.raises(WrongAnswer):
        measure(load, seconds=1, at_most=1)


def test_a_round_of_a_server_that_is_gone_is_no_result(place: Place) -> None:
    need("wrk")
    with running_sdk(place) as competitor:
        pass
    with pytest.raises((WrongAnswer, NoAnswer)):
        measure(competitor.loads[MODERN_CALL], seconds=1, at_most=1)


def test_the_table_says_which_aims_are_met() -> None:
    text = report.table(
        [
            Comparison(MODERN_CALL, 1300.4, FASTMCP, 1000, 1.3),
            Comparison(MODERN_CALL, 1300.4, SDK, 4000, 0.33),
            Comparison(CODE, 50.04, "node", 4.0, 12.51),
        ]
    )
    cells = [[cell.strip() for cell in line.split("|")[2:-1]] for line in text.splitlines()[2:]]
    assert cells == [
        ["1300", FASTMCP, "1000", "1.30", "≥ 1", "yes"],
        ["1300", SDK, "4000", "0.33", "≥ 0.5", "no"],
        ["50.0", "node", "4.0", "13", "–", "–"],
    ]


def test_a_run_replaces_the_table_of_the_last_one_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(report.DOCUMENT.read_text())
    report.write("first\n", document)
    once = document.read_text()
    report.write("second\n", document)
    assert document.read_text() == once.replace("first", "second")
    assert once.partition("<!--")[0] == report.DOCUMENT.read_text().partition("<!--")[0]
