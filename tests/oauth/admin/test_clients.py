"""Apps in Django admin: staff register, limit, disable and delete them, and see a secret once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import (
    Client,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.admin.desk import act, list_of, page_of, press, save, secret_on, secrets_on
from tests.oauth.journeys import Journey, signed_in


@clause("P-C1.1")
def test_staff_register_an_app_whose_secret_is_shown_once_and_works(
    desk: Browser, alice: User, acme: Workspace
) -> None:
    response = save(desk, auth_method="client_secret_basic")
    client = Client.objects.get()
    secret = secret_on(response)
    assert client.client_secret == hash_secret(secret)
    assert client.redirect_uri_list == ["https://app.example/cb", "http://127.0.0.1/cb"]
    assert (client.registration_source, client.client_type) == ("manual", "confidential")
    for address in (page_of(client), list_of("client")):
        assert not secrets_on(desk.get(address))
    journey = Journey(client, signed_in(alice), "https://app.example/cb", secret)
    assert find_principal(journey.tokens()["access_token"], Resource.MCP) is not None
    event = AuditEvent.objects.get(action="register_client")
    assert (event.actor_email, event.client_name, event.reason) == ("staff@demo.local", "Shelf counter", "by_staff")


def test_a_public_app_gets_no_secret(desk: Browser) -> None:
    response = save(desk, redirect_uris="com.example.app:/cb")
    assert not secrets_on(response)
    client = Client.objects.get()
    assert (client.client_secret, client.client_type) == ("", "public")
    assert client.redirect_uri_list == ["com.example.app:/cb"]


@clause("P-T5.3")
def test_what_is_ticked_limits_the_app(desk: Browser, alice: User, acme: Workspace) -> None:
    save(
        desk,
        scope_ceiling=["project:read", "image:read"],
        resources=["mcp"],
        grant_types=["authorization_code"],
        access_token_seconds="60",
    )
    client = Client.objects.get()
    assert client.scope_ceiling == "image:read project:read"
    tokens = Journey(client, signed_in(alice), "http://127.0.0.1:5/cb").tokens(scope="project:read project:create")
    assert (tokens["scope"], tokens["expires_in"]) == ("project:read", 60)
    assert "refresh_token" not in tokens
    page = desk.get(page_of(client)).content.decode()
    assert re.search(r'value="project:read"[^>]*checked', page)
    assert not re.search(r'value="project:create"[^>]*checked', page)
    assert "https://app.example/cb\nhttp://127.0.0.1/cb" in page


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"redirect_uris": ""}, "redirect_uris"),
        ({"redirect_uris": "https://ok.example/cb\njavascript:alert(1)"}, "redirect_uris"),
        ({"redirect_uris": "http://app.example/cb"}, "redirect_uris"),
        ({"redirect_uris": "https://user@app.example/cb"}, "redirect_uris"),
        ({"redirect_uris": "https://app.example/cb#a"}, "redirect_uris"),
        ({"redirect_uris": "https://*.app.example/cb"}, "redirect_uris"),
        ({"auth_method": "private_key_jwt"}, "auth_method"),
        ({"grant_types": []}, "grant_types"),
        ({"grant_types": ["implicit"]}, "grant_types"),
        ({"resources": []}, "resources"),
        ({"scope_ceiling": ["no:such"]}, "scope_ceiling"),
        ({"access_token_seconds": "0"}, "access_token_seconds"),
        ({"refresh_token_seconds": "-1"}, "refresh_token_seconds"),
        ({"serves_resource": "mcp"}, "serves_resource"),
        ({"grant_types": ["client_credentials"]}, "grant_types"),
        ({"grant_types": ["client_credentials"], "auth_method": "client_secret_basic"}, "service_workspace"),
        ({"grant_types": ["client_credentials"], "auth_method": "client_secret_basic"}, "service_role"),
        ({"service_role": "owner"}, "service_role"),
    ],
)
def test_what_can_not_be_is_said_at_its_field(desk: Browser, changes: dict[str, Any], field: str) -> None:
    response = save(desk, **changes)
    assert field in response.context["adminform"].form.errors
    assert not Client.objects.exists()


def test_a_resource_server_needs_no_redirect_uri_and_may_introspect(
    desk: Browser, alice: User, acme: Workspace
) -> None:
    response = save(desk, redirect_uris="", auth_method="client_secret_basic", serves_resource="mcp")
    server = Journey(Client.objects.get(), Browser(), raw_secret=secret_on(response))
    assert server.post("/oauth/introspect", token=builders.make_token(alice, acme)).json()["active"] is True


def test_a_service_is_registered_acts_is_moved_and_deleted(desk: Browser, acme: Workspace) -> None:
    form: dict[str, Any] = {
        "redirect_uris": "",
        "auth_method": "client_secret_basic",
        "grant_types": ["client_credentials"],
        "service_workspace": str(acme.pk),
        "service_role": "viewer",
    }
    response = save(desk, **form)
    client = Client.objects.get()
    machine = Journey(client, Browser(), raw_secret=secret_on(response))
    token = machine.token(grant_type="client_credentials").json()["access_token"]
    principal = find_principal(token, Resource.MCP)
    assert principal is not None
    assert (principal.workspace, principal.role) == ("acme", "viewer")
    save(desk, client, **{**form, "service_role": "reviewer"})
    principal = find_principal(token, Resource.MCP)
    assert principal is not None
    assert principal.role == "reviewer"
    account = client.service_account
    desk.post(reverse("admin:oauth_client_delete", args=[client.pk]), {"post": "yes"})
    assert find_principal(token, Resource.MCP) is None
    assert account is not None
    assert not User.objects.get(pk=account.pk).is_active


def test_a_change_keeps_the_secret_and_is_on_record_by_field(desk: Browser) -> None:
    save(desk, auth_method="client_secret_basic")
    client = Client.objects.get()
    response = save(desk, client, auth_method="client_secret_post", name="Renamed", is_verified="on")
    assert "was changed successfully" in response.content.decode()
    changed = Client.objects.get()
    assert (changed.name, changed.is_verified, changed.client_secret) == ("Renamed", True, client.client_secret)
    event = AuditEvent.objects.get(action="update_client")
    assert event.detail == "name, auth_method, is_verified"


def test_an_app_that_becomes_public_loses_its_secret_and_gets_a_new_one_later(desk: Browser) -> None:
    first = secret_on(save(desk, auth_method="client_secret_basic"))
    client = Client.objects.get()
    save(desk, client)
    assert Client.objects.get().client_secret == ""
    assert secret_on(save(desk, client, auth_method="client_secret_basic")) != first


@pytest.mark.parametrize("way", ["button", "action"])
def test_a_rolled_secret_ends_the_old_one_at_once(desk: Browser, way: str) -> None:
    old = secret_on(save(desk, auth_method="client_secret_basic"))
    client = Client.objects.get()
    new = secret_on(press(desk, client) if way == "button" else act(desk, "roll_secrets", client))
    assert new != old
    refusals = [
        Journey(client, Browser(), raw_secret=secret).refresh("rfor_x").json()["error"] for secret in (old, new)
    ]
    assert refusals == ["invalid_client", "invalid_grant"]
    assert AuditEvent.objects.get(action="roll_client_secret").actor_email == "staff@demo.local"


def test_secrets_are_in_the_answer_and_nowhere_else_however_many_are_rolled(desk: Browser) -> None:
    clients = [builders.make_client(auth_method="client_secret_basic", client_secret="a" * 64) for _ in range(25)]
    answer = act(desk, "roll_secrets", *clients)
    secrets = secrets_on(answer)
    assert {hash_secret(secret) for secret in secrets} == set(Client.objects.values_list("client_secret", flat=True))
    assert len(secrets) == 25
    assert "no-store" in answer["Cache-Control"]
    kept = f"{desk.cookies} {[row.get_decoded() for row in Session.objects.all()]}"
    assert "rfcs_" not in kept
    assert not secrets_on(desk.get(list_of("client")))


def test_a_public_app_has_no_secret_to_roll(desk: Browser) -> None:
    client = builders.make_client()
    assert b"Roll the secret<" not in desk.get(page_of(client)).content
    assert press(desk, client).status_code == 403
    assert b"has no secret" in act(desk, "roll_secrets", client).content
    assert Client.objects.get().client_secret == ""


def test_disabling_an_app_ends_its_access_at_once(desk: Browser, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme)
    client = Client.objects.get()
    save(desk, client, redirect_uris="http://127.0.0.1/callback", is_disabled="on")
    assert find_principal(token, Resource.MCP) is None


def test_what_a_metadata_document_decides_is_not_typed(desk: Browser) -> None:
    client = builders.make_client(
        client_id="https://app.example/client.json", registration_source=Client.RegistrationSource.CIMD
    )
    save(desk, client, name="Changed", redirect_uris="https://evil.example/cb", is_verified="on")
    client.refresh_from_db()
    assert (client.name, client.redirect_uris) == ("Test client", "http://127.0.0.1/callback")
    assert client.is_verified


@pytest.mark.parametrize("way", ["button", "action"])
def test_deleting_an_app_deletes_its_access_and_is_on_record(
    desk: Browser, alice: User, acme: Workspace, way: str
) -> None:
    tokens = Journey(builders.make_client(), signed_in(alice)).tokens()
    client = Client.objects.get()
    if way == "button":
        desk.post(reverse("admin:oauth_client_delete", args=[client.pk]), {"post": "yes"})
    else:
        form = {"action": "delete_selected", "_selected_action": [client.pk], "post": "yes"}
        desk.post(list_of("client"), form)
    assert not Client.objects.exists()
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert AuditEvent.objects.get(action="delete_client").actor_email == "staff@demo.local"
