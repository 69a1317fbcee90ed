"""What a person marked on the consent page is still marked when the page comes back to them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.journeys import Journey

ASKED = "project:read project:create project:update audit-log:read"


def marked(page: Any) -> dict[str, list[str]]:
    """Return what is marked on a page, by the name of its field."""
    found: dict[str, list[str]] = {}
    for field in re.findall(r"<input[^>]*\schecked[^>]*>", page.content.decode()):
        name, value = (re.search(rf'{what}="([^"]*)"', field) for what in ("name", "value"))
        assert name
        assert value
        found.setdefault(name.group(1), []).append(value.group(1))
    return found


@pytest.fixture
def lab(alice: User) -> Workspace:
    """Return a second workspace of Alice's."""
    return builders.make_workspace(alice, "lab")


def test_an_answer_that_is_none_comes_back_as_it_was_given(journey: Journey) -> None:
    choices = {"level": "custom", "scope": [], "scope_sensitive": "no-such-scope", "duration": "1"}
    again = journey.decide(journey.ask(scope=ASKED), **choices)
    assert again.status_code == 422
    assert (marked(again)["level"], marked(again)["duration"]) == (["custom"], ["1"])
    assert "scope" not in marked(again)
    choices = {"level": "custom", "scope": ["project:read"], "scope_sensitive": "audit-log:read", "duration": ""}
    again = journey.decide(again, **choices)
    assert again.status_code == 422
    assert (marked(again)["scope"], marked(again)["scope_sensitive"]) == (["project:read"], ["audit-log:read"])


def test_another_workspace_takes_nothing_that_was_chosen_back(journey: Journey, lab: Workspace) -> None:
    forever = journey.decide(journey.ask(scope="project:read"), workspace="acme", duration="forever", level="read")
    assert forever.status_code == 303
    page = journey.ask(scope=ASKED)
    choices = {"workspace": "lab", "level": "read", "duration": "1", "scope_sensitive": "audit-log:read"}
    there = journey.decide(page, decision="workspace", **choices)
    assert (marked(there)["level"], marked(there)["duration"]) == (["read"], ["1"])
    assert marked(there)["scope"] == ["project:read"]
    # What is sensitive was ticked for the other workspace.
    assert "scope_sensitive" not in marked(there)
    back = journey.decide(there, decision="workspace", **{**choices, "workspace": "acme"})
    assert marked(back)["duration"] == ["1"]


def test_no_request_marks_anything(journey: Journey) -> None:
    page = journey.ask(scope=ASKED, level="read", duration="forever", scope_sensitive="audit-log:read")
    assert (marked(page)["level"], marked(page)["duration"]) == (["manage"], ["90"])
    assert "scope_sensitive" not in marked(page)
