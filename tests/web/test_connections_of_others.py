"""What is somebody else's is not there: every address and every form of connected apps, asked by a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Connection, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.journeys import signed_in
from tests.web.people import send

pytestmark = pytest.mark.django_db

FORMS: dict[str, dict[str, Any]] = {
    "access": {"scope": ["project:read"]},
    "expiry": {"duration": "1"},
    "label": {"label": "Mine now"},
    "disconnect": {},
    "sessions/{session}/label": {"label": "Mine now"},
    "sessions/{session}/end": {},
}
PAGES = ("activity", "activity.csv")
HUGE = 10**30


@pytest.fixture
def token(alice: User, acme: Workspace) -> str:
    """Return a token of an app that Alice connected."""
    return builders.make_token(alice, acme)


def others_are(who: str, alice: User, bob: User, carol: User) -> Browser:
    """Return the browser of somebody who is not Alice."""
    return signed_in({"bob": bob, "carol": carol}[who])


@pytest.mark.parametrize("who", ["carol", "bob"])
@pytest.mark.parametrize("form", FORMS)
def test_nobody_changes_the_connection_of_another_person(
    token: str, alice: User, bob: User, carol: User, who: str, form: str
) -> None:
    connection, session = Connection.objects.get(), Session.objects.get()
    before, rows = (model_to_dict(connection), model_to_dict(session)), AuditEvent.objects.count()
    browser = others_are(who, alice, bob, carol)
    path = f"/connections/{connection.pk}/{form.format(session=session.pk)}"
    assert send(browser, "/connections", path, **FORMS[form]).status_code == 404
    connection.refresh_from_db()
    session.refresh_from_db()
    assert (model_to_dict(connection), model_to_dict(session)) == before
    assert AuditEvent.objects.count() == rows
    assert find_principal(token, Resource.MCP) is not None


@pytest.mark.parametrize("who", ["carol", "bob"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_reads_what_the_app_of_another_person_did(
    token: str, alice: User, bob: User, carol: User, who: str, page: str
) -> None:
    browser = others_are(who, alice, bob, carol)
    assert browser.get(f"/connections/{Connection.objects.get().pk}/{page}").status_code == 404


def test_nobody_sees_the_card_of_another_person(token: str, carol: User) -> None:
    page = signed_in(carol).get("/connections")
    assert (page.context["apps"], page.context["past"]) == ([], [])


def test_a_session_is_found_in_its_own_connection_only(token: str, alice: User, acme: Workspace) -> None:
    session = Session.objects.get()
    other = builders.make_connection(alice, acme)
    for form in ("end", "label"):
        path = f"/connections/{other.pk}/sessions/{session.pk}/{form}"
        assert send(signed_in(alice), "/connections", path, label="x").status_code == 404
    assert find_principal(token, Resource.MCP) is not None


def test_a_session_of_another_person_is_not_found_in_ones_own_connection(token: str, carol: User) -> None:
    own = builders.make_connection(carol, Workspace.objects.get(slug="carol"))
    path = f"/connections/{own.pk}/sessions/{Session.objects.get().pk}/end"
    assert send(signed_in(carol), "/connections", path).status_code == 404
    assert find_principal(token, Resource.MCP) is not None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", [0, HUGE])
def test_a_number_that_nothing_has_is_not_found(alice: User, acme: Workspace, form: str, number: int) -> None:
    builders.make_connection(alice, acme)
    path = f"/connections/{number}/{form.format(session=HUGE)}"
    assert send(signed_in(alice), "/connections", path, **FORMS[form]).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_activity_of_a_number_that_nothing_has_is_not_found(alice: User, page: str) -> None:
    for number in (0, HUGE):
        assert signed_in(alice).get(f"/connections/{number}/{page}").status_code == 404


@pytest.mark.parametrize("form", [*FORMS, "../disconnect-all"])
def test_a_form_needs_its_csrf_token_and_is_no_page(token: str, alice: User, form: str) -> None:
    browser = signed_in(alice)
    connection = Connection.objects.get()
    last = form.format(session=Session.objects.get().pk)
    path = "/connections/disconnect-all" if last.startswith("..") else f"/connections/{connection.pk}/{last}"
    assert browser.post(path).status_code == 403
    assert browser.get(path).status_code == 405
    assert find_principal(token, Resource.MCP) is not None
