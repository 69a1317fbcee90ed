"""Making and rolling a key: behind a recent sign-in, and the secret stands in one answer and nowhere else."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES, Level, scopes_of_level
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.journeys import signed_in
from tests.web.people import PROOF, prove, proved, submit

NEW = "/keys/new"
FORM = {"workspace": "acme", "name": "Nightly export", "level": "read", "lifetime": "90"}


def secret_in(response: Any) -> str:
    """Return the secret that a page shows."""
    found = set(re.findall(r"rfk_[0-9A-Za-z]{49}", response.content.decode()))
    assert len(found) == 1, response.content.decode()
    return str(found.pop())


@pytest.fixture
def browser(alice: User, acme: Workspace) -> Browser:
    """Return Alice's browser, in which she just proved who she is."""
    return proved(alice)


def test_a_key_is_made_and_shown_in_the_answer_itself_which_nobody_keeps(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    response = submit(browser, NEW, FORM, page=NEW)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    secret = secret_in(response)
    principal = find_principal(secret)
    assert principal is not None
    assert principal.scopes == scopes_of_level(Level.READ)
    kept = [Session.objects.values(), AuditEvent.objects.values(), ApiKey.objects.values()]
    sessions = [session.get_decoded() for session in Session.objects.all()]
    assert sessions
    for place in (*map(list, kept), sessions, caplog.text, dict(response.headers), dict(response.cookies)):
        assert secret not in str(place)
    for path in ("/keys", f"/keys/{ApiKey.objects.get().pk}", "/"):
        assert secret not in browser.get(path).content.decode()


def test_the_same_form_twice_makes_one_key(browser: Browser) -> None:
    secret = secret_in(submit(browser, NEW, FORM, page=NEW))
    again = submit(browser, NEW, FORM, page=NEW)
    assert again.status_code == 422
    assert "You already have a key with this name here." in again.content.decode()
    assert secret not in again.content.decode()
    assert ApiKey.objects.count() == 1


def test_making_a_key_needs_a_recent_sign_in_and_then_shows_the_form(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    response = browser.get(f"{NEW}?workspace=acme")
    assert response.status_code == 302
    assert response["Location"].startswith(PROOF)
    assert prove(browser, NEW)["Location"] == NEW
    assert browser.get(NEW).status_code == 200


def test_a_form_that_was_sent_too_late_goes_on_after_the_proof(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    asked = submit(browser, NEW, FORM)
    assert asked.status_code == 302
    assert not ApiKey.objects.exists()
    answer = submit(browser, PROOF, {"password": builders.PASSWORD, "next": NEW}, page=asked["Location"])
    assert answer["Cache-Control"] == "no-store"
    assert find_principal(secret_in(answer)) is not None


def test_a_wrong_password_makes_nothing(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    asked = submit(browser, NEW, FORM)
    submit(browser, PROOF, {"password": "wrong", "next": NEW}, page=asked["Location"])
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(("changes", "scopes"), [
    ({"level": "label"}, scopes_of_level(Level.LABEL)),
    ({"level": "manage"}, scopes_of_level(Level.MANAGE)),
    ({"level": "custom", "scope": ["project:read"]}, {"project:read"}),
    ({"level": "read", "scope": ["audit-log:read", "image:create"]}, scopes_of_level(Level.READ) | {"audit-log:read"}),
    ({"level": "custom", "scope": sorted(WORKSPACE_SCOPES)}, WORKSPACE_SCOPES),
])  # fmt: skip
def test_a_key_carries_what_was_chosen(browser: Browser, changes: dict[str, Any], scopes: frozenset[str]) -> None:
    principal = find_principal(secret_in(submit(browser, NEW, {**FORM, **changes}, page=NEW)))
    assert principal is not None
    assert principal.scopes == scopes


@pytest.mark.parametrize(("lifetime", "days"), [("30", 30), ("365", 365), ("forever", None)])
def test_a_key_ends_when_it_was_said_to(browser: Browser, lifetime: str, days: int | None) -> None:
    submit(browser, NEW, {**FORM, "lifetime": lifetime}, page=NEW)
    key = ApiKey.objects.get()
    assert (key.expires_at and round((key.expires_at - key.created_at).total_seconds() / 86400)) == days


@pytest.mark.parametrize("changes", [
    {"name": ""},
    {"name": "x" * 121},
    {"name": "a\x00b"},
    {"level": ""},
    {"level": "owner"},
    {"level": "custom"},
    {"level": "custom", "scope": ["openid"]},
    {"level": "custom", "scope": ["project:read", "nothing:read"]},
    {"lifetime": ""},
    {"lifetime": "9" * 400},
])  # fmt: skip
def test_a_form_that_can_be_no_key_comes_back_with_what_is_wrong(browser: Browser, changes: dict[str, Any]) -> None:
    response = submit(browser, NEW, {**FORM, **changes}, page=NEW)
    assert response.status_code == 422
    assert "field-errors" in response.content.decode()
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("workspace", ["carol", "nowhere", "\x00"])
def test_nobody_makes_a_key_for_a_workspace_that_is_not_theirs(browser: Browser, carol: User, workspace: str) -> None:
    assert submit(browser, NEW, {**FORM, "workspace": workspace}, page=NEW).status_code == 404
    assert not ApiKey.objects.exists()


def test_a_labeler_makes_no_key(bob: User, acme: Workspace) -> None:
    browser = proved(bob)
    assert "for owners and admins" in browser.get(NEW).content.decode()
    assert submit(browser, NEW, FORM, page="/").status_code == 404
    assert not ApiKey.objects.exists()


def test_rolling_needs_a_recent_sign_in_too(alice: User, acme: Workspace) -> None:
    old = builders.make_api_key(alice, acme)
    key, browser = ApiKey.objects.get(), signed_in(alice)
    address = f"/keys/{key.pk}"
    asked = submit(browser, f"{address}/roll", {"hint": key.hint}, page=address)
    assert asked["Location"].startswith(PROOF)
    assert find_principal(old) is not None
    answer = submit(browser, PROOF, {"password": builders.PASSWORD, "next": f"{address}/roll"}, page=asked["Location"])
    assert find_principal(secret_in(answer)) is not None
    assert find_principal(old) is None
    assert browser.get(f"{address}/roll")["Location"] == address


def test_the_same_form_twice_rolls_once(browser: Browser, alice: User, acme: Workspace) -> None:
    builders.make_api_key(alice, acme)
    key = ApiKey.objects.get()
    address, form = f"/keys/{key.pk}", {"hint": key.hint}
    secret = secret_in(submit(browser, f"{address}/roll", form, page=address))
    again = submit(browser, f"{address}/roll", form, page=address)
    assert (again.status_code, again["Location"]) == (303, address)
    assert "its secret is shown only once" in browser.get(address).content.decode()
    assert find_principal(secret) is not None


def test_nobody_rolls_the_key_of_another(carol: User, alice: User, acme: Workspace) -> None:
    builders.make_member(acme, carol, RoleName.ADMIN)
    raw_key = builders.make_api_key(alice, acme)
    key = ApiKey.objects.get()
    response = submit(proved(carol), f"/keys/{key.pk}/roll", {"hint": key.hint})
    assert response.status_code == 403
    assert find_principal(raw_key) is not None
    assert AuditEvent.objects.filter(actor_email=carol.email, action="create_api_key", outcome="refused").exists()


def test_the_form_offers_what_the_role_can_give(carol: User, acme: Workspace, browser: Browser) -> None:
    html = browser.get(NEW).content.decode()
    assert set(re.findall(r'name="scope" value="([^"]+)"', html)) == WORKSPACE_SCOPES
    assert 'value="read" required checked' in html
