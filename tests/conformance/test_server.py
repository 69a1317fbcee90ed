"""The suite's scenarios for MCP servers, against /mcp behind a proxy that signs the suite in."""

from __future__ import annotations

import pytest

from tests.conformance.conftest import Judge
from tests.conformance.excused import CHECKS, EXTENSIONS, SCENARIOS
from tests.conformance.suite import VERSIONS, Suite

pytestmark = [pytest.mark.conformance, pytest.mark.browser]

# What is run and counted, by revision.
PASSED = {
    "2025-11-25": {
        "dns-rebinding-protection",
        "ping",
        "server-initialize",
        # These two find that nothing is to be checked where a server gives no session ID, as this one.
        "server-session-lifecycle",
        "server-sse-multiple-streams",
        "tools-list",
    },
    "2026-07-28": {
        "caching",
        "dns-rebinding-protection",
        "http-header-validation",
        "input-required-result-unsupported-methods",
        "input-required-result-validate-input",
        "server-sse-multiple-streams",
        "server-stateless",
        "tools-list",
    },
}


@pytest.mark.parametrize(
    "version, scenario", [(version, scenario) for version in VERSIONS for scenario in sorted(PASSED[version])]
)
def test_the_scenario_passes(judge_server: Judge, version: str, scenario: str) -> None:
    complaints = judge_server(version).complaints(scenario)
    assert {check: text for check, text in complaints.items() if f"{scenario}:{check}" not in CHECKS} == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_suite_finds_nothing_wrong_but_what_is_excused(judge_server: Judge, version: str) -> None:
    run = judge_server(version)
    assert run.has_passed, run.output


@pytest.mark.parametrize("version", VERSIONS)
def test_every_scenario_of_the_revision_is_run_and_counted_or_excused(
    judge_server: Judge, suite: Suite, version: str
) -> None:
    known = suite.scenarios("server", version)
    assert known - set(SCENARIOS) == PASSED[version]
    assert set(judge_server(version).checks) == known


def test_what_belongs_to_no_revision_is_an_extension_that_is_excused(suite: Suite) -> None:
    of_revisions = {scenario for version in VERSIONS for scenario in suite.scenarios("server", version)}
    assert suite.scenarios("server") - of_revisions == set(EXTENSIONS)


def test_no_excuse_is_for_a_scenario_that_the_suite_does_not_know(suite: Suite) -> None:
    named = {*SCENARIOS, *(check.partition(":")[0] for check in CHECKS)}
    assert named <= suite.scenarios("server")
