"""The pages of Django admin: what they show, to whom, and what nobody can do there."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.keys import signing_key
from roboflow_auth.oauth.models import (
    AccessToken,
    AuthMethod,
    AuthorizationCode,
    Client,
    Connection,
    RefreshToken,
    Session,
    SigningKey,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.admin.desk import SHOWN, act, list_of, page_of, press, save
from tests.oauth.journeys import BACKEND, Journey, signed_in


def test_no_page_shows_a_secret_nor_a_hash(desk: Browser, alice: User, acme: Workspace) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    code = journey.code()
    tokens = journey.redeem(code).json()
    client = Client.objects.get()
    Client.objects.update(auth_method=AuthMethod.BASIC, client_secret="a" * 64, registration_token_hash="b" * 64)
    signing_key()
    raw = [code, tokens["access_token"], tokens["refresh_token"]]
    hidden = [*raw, *map(hash_secret, raw), "a" * 64, "b" * 64, SigningKey.objects.get().encrypted_private_jwk]
    hidden += [Connection.objects.get().agreement_hash, AuthorizationCode.objects.get().code_challenge]
    rows = [client, *(model.objects.get() for model in (Connection, Session, AccessToken, RefreshToken))]
    for row in [*rows, AuthorizationCode.objects.get(), SigningKey.objects.get()]:
        for address in (page_of(row), list_of(row._meta.model_name)):
            html = desk.get(address).content.decode()
            assert not [text for text in hidden if text in html], address


@pytest.mark.parametrize("model", SHOWN)
def test_lists_can_be_searched(desk: Browser, alice: User, acme: Workspace, model: str) -> None:
    Journey(builders.make_client(), signed_in(alice)).tokens()
    assert desk.get(list_of(model), {"q": "acme"}).status_code == 200
    assert desk.get(list_of(model)).status_code == 200


@pytest.mark.parametrize("model", [Connection, Session, AccessToken, RefreshToken, AuthorizationCode, SigningKey])
def test_what_people_agreed_to_is_not_typed_nor_deleted(
    desk: Browser, alice: User, acme: Workspace, model: type[Connection]
) -> None:
    Journey(builders.make_client(), signed_in(alice)).tokens()
    signing_key()
    row, name = model.objects.get(), model._meta.model_name
    assert desk.get(reverse(f"admin:oauth_{name}_add")).status_code == 403
    assert desk.post(page_of(row), {"scope": "member:manage"}).status_code == 403
    assert desk.post(reverse(f"admin:oauth_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    act(desk, "delete_selected", row)
    assert model.objects.get() == row


def test_id_tokens_and_device_codes_are_not_shown(desk: Browser) -> None:
    index = desk.get(reverse("admin:index")).content.decode().lower()
    assert "id token" not in index
    assert "device code" not in index
    assert desk.get(list_of("idtoken")).status_code == 403


def test_a_person_who_is_deleted_takes_connections_along(desk: Browser, carol: User) -> None:
    builders.make_token(carol, Workspace.objects.get(slug="carol"))
    carol.memberships.all().delete()
    response = desk.post(reverse("admin:accounts_user_delete", args=[carol.pk]), {"post": "yes"})
    assert response.status_code == 302
    assert not Connection.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_a_person_who_is_not_staff_gets_nowhere(request: pytest.FixtureRequest, acme: Workspace, name: str) -> None:
    user = request.getfixturevalue(name)
    browser = Browser()
    browser.force_login(user, BACKEND)
    token = builders.make_token(user, user.memberships.first().workspace)
    connection, session = Connection.objects.get(), Session.objects.get()
    assert save(browser).redirect_chain
    assert Client.objects.count() == 1
    for model in SHOWN:
        assert browser.get(list_of(model)).status_code == 302
    for row in (connection, session, connection.client):
        assert press(browser, row).redirect_chain
        act(browser, "revoke", row)
    assert find_principal(token, Resource.MCP) is not None


def test_staff_who_may_only_look_end_nothing(bob: User, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme)
    clerk = builders.make_user("clerk@demo.local", is_staff=True)
    for model in ("connection", "session", "accesstoken", "client"):
        clerk.user_permissions.add(Permission.objects.get(codename=f"view_{model}", content_type__app_label="oauth"))
    browser = Browser()
    browser.force_login(clerk, BACKEND)
    connection, session = Connection.objects.get(), Session.objects.get()
    assert browser.get(page_of(connection)).status_code == 200
    for row in (connection, session, connection.client):
        assert b"/button/" not in browser.get(page_of(row)).content
        assert press(browser, row).status_code == 403
    for action, row in (("revoke", connection), ("end", session), ("revoke", AccessToken.objects.get())):
        act(browser, action, row)
    assert find_principal(token, Resource.MCP) is not None


def test_a_button_is_pressed_by_post_and_with_a_csrf_token_only(
    desk: Browser, staff: User, alice: User, acme: Workspace
) -> None:
    token = builders.make_token(alice, acme)
    address = reverse("admin:oauth_connection_button", args=[Connection.objects.get().pk])
    assert desk.get(address).status_code == 405
    assert signed_in(staff).post(address).status_code == 403
    assert desk.post(reverse("admin:oauth_connection_button", args=[0])).status_code == 404
    assert find_principal(token, Resource.MCP) is not None
