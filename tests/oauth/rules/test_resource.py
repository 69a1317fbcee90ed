"""Which resource a request is for: a URI that is none, and one that only begins like ours."""

from __future__ import annotations

import pytest

from tests.clauses import clause
from tests.oauth.journeys import Journey, answer_of

MALFORMED = (
    "http://testserver:99999/mcp",
    "http://testserver:port/mcp",
    "http://[testserver/mcp",
    "http:///mcp",
    "urn:testserver:mcp",
    "ftp://testserver/mcp",
    "/mcp",
    "http://testserver@evil.example/mcp",
    "http://testserver/mcp?",
    "http://testserver/mcp/" + "x" * 2048,
)


@clause("P-A4.3")
@pytest.mark.parametrize("resource", MALFORMED)
@pytest.mark.parametrize("name", ["journey", "bobs_journey", "carols_journey"])
def test_a_resource_that_is_no_address_of_ours_is_an_invalid_target(
    request: pytest.FixtureRequest, name: str, resource: str
) -> None:
    journey: Journey = request.getfixturevalue(name)
    assert answer_of(journey.ask(resource=resource))["error"] == "invalid_target"


@clause("RFC8707-2.2")
@pytest.mark.parametrize("resource", MALFORMED)
def test_a_code_is_not_redeemed_for_one_either(journey: Journey, resource: str) -> None:
    assert journey.redeem(journey.code(), resource=resource).json()["error"] == "invalid_target"
