"""Actions that can't be taken back happen after staff have seen what they are about to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Permission
from django.test import Client as Browser

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AccessToken, Client, Connection, RefreshToken, Session
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.admin.desk import choose, list_of
from tests.oauth.journeys import BACKEND, Journey, signed_in

pytestmark = pytest.mark.django_db

# What takes nothing away from anybody, or can be done again the other way.
HARMLESS = {"approve", "rotate", "fetch_keys_again"}


def named_actions() -> list[tuple[ModelAdmin[Any], str]]:
    """Return every action of every page of ours, with the page."""
    return [
        (page, name)
        for page in admin.site._registry.values()
        for name in page.actions or ()
        if isinstance(name, str) and type(page).__module__.startswith("roboflow_auth.")
    ]


def test_whatever_takes_something_away_asks_first() -> None:
    asking = {name for page, name in named_actions() if hasattr(getattr(type(page), name), "__wrapped__")}
    assert {name for _, name in named_actions()} - asking == HARMLESS


@pytest.mark.parametrize(
    ("model", "action", "consequence"),
    [
        (Connection, "revoke", "These apps lose their access at once"),
        (Session, "end", "These sessions end at once"),
        (AccessToken, "revoke", "These tokens end at once"),
        (RefreshToken, "revoke", "The sessions of these tokens end at once"),
    ],
)
def test_nothing_ends_before_staff_say_yes(
    desk: Browser, alice: User, acme: Workspace, model: Any, action: str, consequence: str
) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    tokens = journey.tokens()
    row = model.objects.get()
    page = choose(desk, action, row).content.decode()
    assert consequence in page
    assert alice.email in page
    assert journey.refresh(tokens["refresh_token"]).status_code == 200
    assert not AuditEvent.objects.filter(reason="by_staff").exists()
    choose(desk, action, row, post="yes")
    assert AuditEvent.objects.filter(reason="by_staff").count() == 1


def test_a_secret_is_not_rolled_before_staff_say_yes(desk: Browser) -> None:
    client = builders.make_client(auth_method="client_secret_basic", client_secret="x" * 64)
    assert "The secrets that these apps have end at once" in choose(desk, "roll_secrets", client).content.decode()
    assert Client.objects.get().client_secret == "x" * 64
    assert "rfcs_" in choose(desk, "roll_secrets", client, post="yes").content.decode()
    assert Client.objects.get().client_secret != "x" * 64


@pytest.fixture
def crowd(acme: Workspace) -> list[Connection]:
    """Return the connections of 22 people."""
    for number in range(22):
        person = builders.make_user(f"person{number}@demo.local")
        builders.make_member(acme, person, RoleName.LABELER)
        builders.make_token(person, acme)
    return list(Connection.objects.all())


def chosen_in(page: str) -> list[str]:
    """Return the rows that a question would send back."""
    return re.findall(r'name="_selected_action" value="(\d+)"', page)


def test_all_rows_of_a_list_are_those_that_matched_when_staff_were_asked(
    desk: Browser, alice: User, acme: Workspace, crowd: list[Connection]
) -> None:
    page = choose(desk, "revoke", crowd[0], select_across="1").content.decode()
    assert "and 2 more" in page
    assert 'name="select_across" value="0"' in page
    builders.make_token(alice, acme)
    meant = Connection.objects.filter(pk__in=chosen_in(page))
    choose(desk, "revoke", *meant, post="yes")
    assert [connection.user for connection in Connection.objects.filter(revoked_at=None)] == [alice]


def test_more_than_a_form_takes_are_not_meant_at_once(
    desk: Browser, crowd: list[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roboflow_auth.core.admin_actions._MOST_ROWS", 21)
    assert "Choose at most 21 at a time." in choose(desk, "revoke", *crowd).content.decode()
    assert not Connection.objects.exclude(revoked_at=None).exists()


def test_who_may_only_look_is_not_asked(alice: User, acme: Workspace) -> None:
    builders.make_token(alice, acme)
    clerk = builders.make_user("clerk@demo.local", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_connection"))
    browser = Browser()
    browser.force_login(clerk, BACKEND)
    for more in ({}, {"post": "yes"}):
        answer = choose(browser, "revoke", Connection.objects.get(), **more).content.decode()
        assert "lose their access" not in answer
    assert Connection.objects.get().revoked_at is None
    assert browser.get(list_of("connection")).status_code == 200
