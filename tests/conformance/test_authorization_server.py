"""The suite's scenarios for authorization servers, with a real person at the consent page."""

from __future__ import annotations

import pytest

from tests.conformance.conftest import Judge
from tests.conformance.suite import VERSIONS, Suite

pytestmark = [pytest.mark.conformance, pytest.mark.browser]

SCENARIOS = ("authorization-server-metadata-endpoint", "authorization-code-grant")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_scenario_passes(judge_authorization_server: Judge, version: str, scenario: str) -> None:
    checks = judge_authorization_server(version).checks[scenario]
    # Nothing is excused here, and a check that was left out did not pass.
    assert {check["id"]: check for check in checks if check["status"] != "SUCCESS"} == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_suite_finds_nothing_wrong(judge_authorization_server: Judge, version: str) -> None:
    run = judge_authorization_server(version)
    assert run.has_passed, run.output


def test_every_scenario_is_run(suite: Suite) -> None:
    assert suite.scenarios("authorization") == set(SCENARIOS)
