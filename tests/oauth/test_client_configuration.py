"""Managing a registration: a client reads, replaces and deletes its own with the token it was given, and no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client as Machine

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, signed_in
from tests.oauth.registrations import LOOPBACK, assert_refused, metadata, registered

pytestmark = pytest.mark.django_db

METHODS = ("GET", "PUT", "DELETE")


def manage(method: str, client_id: str, raw_token: str | None, body: Any = None) -> Any:
    """Send a request to the registration of `client_id`; no Authorization header when `raw_token` is None."""
    headers = {} if raw_token is None else {"Authorization": f"Bearer {raw_token}"}
    raw = json.dumps(body) if body is not None else ""
    return Machine().generic(
        method, f"/oauth/register/{client_id}", raw, content_type="application/json", headers=headers
    )


def manage_own(method: str, members: dict[str, Any], body: Any = None) -> Any:
    """Send a request to the registration that was answered with `members`, with its own token."""
    return manage(method, members["client_id"], members["registration_access_token"], body)


def assert_unauthorized(response: Any) -> None:
    """Fail unless `response` says no more than that the token is not good."""
    assert response.status_code == 401
    assert response.json() == {
        "error": "invalid_token",
        "error_description": "The registration access token is not the one of this client.",
    }
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Cache-Control"] == "no-store"


@clause("P-C3.4", "RFC7592-3")
def test_a_client_reads_what_it_registered_but_not_its_secret() -> None:
    members = registered(token_endpoint_auth_method="client_secret_basic")
    response = manage_own("GET", members)
    assert response.status_code == 200
    assert response.json() == {
        name: value for name, value in members.items() if name not in ("client_secret", "client_secret_expires_at")
    }
    assert response["Cache-Control"] == "no-store"


@clause("P-C3.4", "RFC7592-2/a", "RFC7592-2.1")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("raw_token", [None, "", "junk", "\xff", "well-formed"])
def test_a_wrong_token_an_unknown_client_and_a_token_of_another_are_answered_alike(
    method: str, raw_token: str | None
) -> None:
    members, other = registered(), registered()
    if raw_token == "well-formed":
        raw_token = make_secret(SecretKind.REGISTRATION_TOKEN)
    body = metadata("Changed", LOOPBACK)
    assert_unauthorized(manage(method, members["client_id"], raw_token, body))
    assert_unauthorized(manage(method, "nobody", raw_token, body))
    assert_unauthorized(manage(method, members["client_id"], other["registration_access_token"], body))
    assert Client.objects.get(client_id=members["client_id"]).name == "Test client"


@pytest.mark.parametrize("method", METHODS)
def test_another_scheme_than_bearer_is_no_token(method: str) -> None:
    members = registered()
    response = Machine().generic(
        method,
        f"/oauth/register/{members['client_id']}",
        headers={"Authorization": f"Basic {members['registration_access_token']}"},
    )
    assert_unauthorized(response)


@pytest.mark.parametrize("method", METHODS)
def test_a_client_that_staff_registered_has_no_token_that_could_fit(method: str) -> None:
    client = builders.make_client(registration_source=Client.RegistrationSource.MANUAL)
    for raw_token in ("", hash_secret("")):
        assert_unauthorized(manage(method, client.client_id, raw_token, metadata("Changed", LOOPBACK)))


@pytest.mark.parametrize("method", METHODS)
def test_a_disabled_client_can_not_manage_itself_back(method: str) -> None:
    members = registered()
    Client.objects.update(is_disabled=True)
    assert_unauthorized(manage_own(method, members, metadata("Changed", LOOPBACK)))


@clause("P-C3.4", "RFC7592-2.2/b")
def test_a_replacement_is_narrowed_like_a_registration_and_told() -> None:
    members = registered(contacts=["dev@example.com"])
    body = metadata(
        "Renamed", "https://x.example/cb", "ftp://x.example/cb", grant_types=["authorization_code", "password"]
    )
    answer = manage_own("PUT", members, {**body, "client_id": members["client_id"]}).json()
    assert answer["client_name"] == "Renamed"
    assert answer["redirect_uris"] == ["https://x.example/cb"]
    assert answer["grant_types"] == ["authorization_code"]
    assert "contacts" not in answer
    assert answer["registration_access_token"] == members["registration_access_token"]
    assert manage_own("GET", members).json() == answer
    assert AuditEvent.objects.filter(action="update_client", client_name="Renamed").exists()


@clause("RFC7592-2.2/a")
@pytest.mark.parametrize(
    "changes, error",
    [
        ({"client_id": "another"}, "invalid_client_metadata"),
        ({"client_id": 1}, "invalid_client_metadata"),
        ({"client_secret": "wrong"}, "invalid_client_metadata"),
        ({"client_secret": ["\ud800"]}, "invalid_client_metadata"),
        ({"client_secret": "\ud800"}, "invalid_client_metadata"),
        ({"client_name": "Roboflow"}, "invalid_client_metadata"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
    ],
)
def test_a_replacement_that_can_not_be_used_changes_nothing(changes: dict[str, Any], error: str) -> None:
    members = registered(token_endpoint_auth_method="client_secret_basic")
    before = Client.objects.values().get()
    assert_refused(manage_own("PUT", members, {**metadata("Renamed", LOOPBACK), **changes}), error)
    assert Client.objects.values().get() == before


def test_a_replacement_without_a_body_is_refused_in_json() -> None:
    assert_refused(manage_own("PUT", registered()), "invalid_client_metadata")


def test_a_client_keeps_its_secret_changes_to_none_and_back_to_a_new_one() -> None:
    members = registered(token_endpoint_auth_method="client_secret_basic")
    secret = members["client_secret"]
    body = metadata("Test client", LOOPBACK, token_endpoint_auth_method="client_secret_post", client_secret=secret)
    kept = manage_own("PUT", members, body).json()
    assert "client_secret" not in kept
    assert Client.objects.get().client_secret == hash_secret(secret)
    manage_own("PUT", members, metadata("Test client", LOOPBACK))
    assert Client.objects.get().client_secret == ""
    again = manage_own(
        "PUT", members, metadata("Test client", LOOPBACK, token_endpoint_auth_method="client_secret_basic")
    ).json()
    assert again["client_secret"] != secret
    assert again["client_secret_expires_at"] == 0
    assert Client.objects.get().client_secret == hash_secret(again["client_secret"])


@pytest.mark.parametrize(
    "changes, is_still_verified",
    [
        ({}, True),
        ({"contacts": ["new@example.com"]}, True),
        ({"client_name": "Another"}, False),
        ({"redirect_uris": [LOOPBACK, "https://evil.example/cb"]}, False),
        ({"logo_uri": "https://evil.example/logo.png"}, False),
    ],
)
def test_what_staff_vouched_for_is_not_vouched_for_after_it_changed(
    changes: dict[str, Any], is_still_verified: bool
) -> None:
    members = registered()
    Client.objects.update(is_verified=True)
    manage_own("PUT", members, {**metadata("Test client", LOOPBACK), **changes})
    assert Client.objects.get().is_verified is is_still_verified


@clause("P-C6.2")
def test_a_change_of_how_it_proves_itself_is_shown_at_the_next_consent(alice: User, acme: Workspace) -> None:
    members = registered()
    journey = Journey(Client.objects.get(), signed_in(alice), LOOPBACK)
    journey.tokens()
    assert journey.ask().context["client"]["changes"] == []
    body = metadata("Renamed", LOOPBACK, token_endpoint_auth_method="client_secret_basic")
    manage_own("PUT", members, body)
    changes = journey.ask().context["client"]["changes"]
    assert changes == ["Its name was “Test client”.", "It proves itself to this server in another way."]
    Connection.objects.update(shown_metadata={})
    assert journey.ask().context["client"]["changes"] == []


@clause("P-C3.4", "P-C7.3", "RFC7592-2.3")
def test_a_deletion_ends_all_access_at_once(alice: User, acme: Workspace) -> None:
    members = registered()
    journey = Journey(Client.objects.get(), signed_in(alice), LOOPBACK)
    tokens = journey.tokens()
    response = manage_own("DELETE", members)
    assert (response.status_code, response.content) == (204, b"")
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert journey.ask().status_code == 400
    assert not Connection.objects.exists()
    assert_unauthorized(manage_own("GET", members))
    assert AuditEvent.objects.filter(action="delete_client", client_id=members["client_id"]).exists()


def test_a_deletion_leaves_the_connections_of_other_clients_alone(bob: User, carol: User, acme: Workspace) -> None:
    members = registered()
    token = builders.make_token(bob, acme)
    manage_own("DELETE", members)
    assert find_principal(token, Resource.MCP) is not None


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_other_methods_are_refused_in_json(method: str) -> None:
    response = manage_own(method, registered())
    assert (response.status_code, response["Allow"]) == (405, "GET, PUT, DELETE")
    assert response.json()["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["Roboflow", "🤖 Roboflow", "\u3164Roboflow", "ʀᴏʙᴏꜰʟᴏᴡ", "Official app"])
def test_a_client_can_not_take_a_name_later_that_it_could_not_register(name: str) -> None:
    members = registered()
    assert_refused(manage_own("PUT", members, metadata(name, LOOPBACK)), "invalid_client_metadata")
    assert Client.objects.get().name == "Test client"
