"""Keys of apps in Django admin: typed or fetched by staff, checked, and used at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.admin.desk import act, page_of, save, secrets_on
from tests.oauth.assertions import (
    KEY,
    OTHER_KEY,
    SigningJourney,
    assert_proved,
    assert_refused,
    claims_of,
    make_key_client,
    present,
    public,
    sign,
)
from tests.oauth.journeys import signed_in
from tests.support.documents import DocumentServer, make_authority, running_document_server

KEYS_PATH = "/keys.json"
REDIRECT_URI = "https://app.example/cb"


@pytest.fixture
def documents(tmp_path: Path, settings: Any) -> Iterator[DocumentServer]:
    """Return a server for key sets that is trusted and within reach."""
    authority = make_authority(tmp_path)
    settings.CIMD_EXTRA_CA_FILE = str(authority.ca_file)
    settings.CIMD_ALLOW_LOOPBACK = True
    with running_document_server(authority) as running:
        yield running


def save_keys(desk: Browser, client: Client | None = None, **changes: Any) -> Any:
    """Send the form of an app that proves itself by keys."""
    return save(desk, client, auth_method="private_key_jwt", **changes)


def test_staff_register_an_app_by_its_keys_and_it_goes_the_whole_way(
    desk: Browser, alice: User, acme: Workspace
) -> None:
    response = save_keys(desk, public_keys=json.dumps(public(KEY)))
    assert not secrets_on(response)
    client = Client.objects.get()
    assert (client.client_type, client.client_secret) == ("confidential", "")
    assert '"kid": "k1"' in desk.get(page_of(client)).content.decode().replace("&quot;", '"')
    journey = SigningJourney(client, signed_in(alice), REDIRECT_URI, key=KEY)
    tokens = journey.refresh(journey.tokens()["refresh_token"]).json()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    assert journey.post("/oauth/revoke", token=tokens["access_token"]).status_code == 200
    assert find_principal(tokens["access_token"], Resource.MCP) is None


def test_a_resource_server_may_introspect_by_its_key(desk: Browser, alice: User, acme: Workspace) -> None:
    save_keys(desk, redirect_uris="", serves_resource="mcp", public_keys=json.dumps(public(KEY)))
    server = SigningJourney(Client.objects.get(), Browser(), key=KEY)
    described = server.post("/oauth/introspect", token=builders.make_token(alice, acme)).json()
    assert described["active"] is True


@pytest.mark.parametrize(
    "changes, field",
    [
        ({}, "auth_method"),
        ({"public_keys": "{"}, "public_keys"),
        ({"public_keys": "[" * 100_000}, "public_keys"),
        ({"public_keys": "9" * 5000}, "public_keys"),
        ({"public_keys": "{}"}, "public_keys"),
        ({"public_keys": '"x"'}, "public_keys"),
        ({"public_keys": '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'}, "public_keys"),
        ({"public_keys": json.dumps({"keys": [json.loads(KEY.export_private())]})}, "public_keys"),
        ({"jwks_uri": "http://app.example/keys.json"}, "jwks_uri"),
        ({"jwks_uri": "https://127.0.0.1/keys.json"}, "jwks_uri"),
        ({"jwks_uri": "x"}, "jwks_uri"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_keys_that_can_not_be_are_said_at_their_field(desk: Browser, changes: dict[str, Any], field: str) -> None:
    response = save_keys(desk, **changes)
    assert field in response.context["adminform"].form.errors
    assert not Client.objects.exists()


def test_keys_are_fetched_when_the_app_is_saved_and_when_staff_say_so(desk: Browser, documents: DocumentServer) -> None:
    save_keys(desk, jwks_uri=documents.serve_document(KEYS_PATH, public(KEY)))
    client = Client.objects.get()
    documents.serve_document(KEYS_PATH, public(OTHER_KEY))
    assert_refused(present(sign(claims_of(client.client_id), OTHER_KEY)))
    assert_proved(present(sign(claims_of(client.client_id), KEY)))
    assert documents.requests == [KEYS_PATH]
    act(desk, "fetch_keys_again", client)
    assert_proved(present(sign(claims_of(client.client_id), OTHER_KEY)))
    assert_refused(present(sign(claims_of(client.client_id), KEY)))
    assert documents.requests == [KEYS_PATH] * 2
    event = AuditEvent.objects.filter(action="update_client").latest("id")
    assert (event.reason, event.detail) == ("by_staff", "public_keys")


def test_keys_that_can_not_be_fetched_again_stay_as_they_are(desk: Browser, documents: DocumentServer) -> None:
    client = make_key_client(KEY, jwks_uri=f"{documents.origin}{KEYS_PATH}")
    page = act(desk, "fetch_keys_again", client, builders.make_client(name="Without keys"))
    assert "Without keys" in page.content.decode()
    assert "404" in page.content.decode()
    assert_proved(present(sign(claims_of(client.client_id), KEY)))


def test_saving_an_app_without_touching_its_keys_changes_none(desk: Browser) -> None:
    client = make_key_client(KEY)
    save_keys(desk, client, name="Renamed", public_keys=json.dumps(public(KEY)))
    assert "public_keys" not in AuditEvent.objects.get(action="update_client").detail
    assert_proved(present(sign(claims_of(client.client_id), KEY)))


def test_an_app_that_goes_over_to_a_secret_keeps_no_keys(desk: Browser) -> None:
    client = make_key_client(KEY)
    response = save(desk, client, auth_method="client_secret_basic", public_keys=json.dumps(public(KEY)))
    assert len(secrets_on(response)) == 1
    assert Client.objects.get().public_keys == []
    assert_refused(present(sign(claims_of(client.client_id), KEY)))


def test_the_keys_of_a_metadata_document_are_its_own(desk: Browser) -> None:
    client = make_key_client(KEY, registration_source=Client.RegistrationSource.CIMD)
    save(desk, client, auth_method="none", public_keys=json.dumps(public(OTHER_KEY)), is_verified="on")
    client.refresh_from_db()
    assert (client.auth_method, client.public_keys) == (AuthMethod.PRIVATE_KEY_JWT, public(KEY)["keys"])
    assert client.is_verified
