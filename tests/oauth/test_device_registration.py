"""Clients that devices run: how they register, with or without a redirect URI, and where they find the endpoint."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.devices import DEVICE_GRANT, DEVICE_GRANTS, DeviceJourney
from tests.oauth.journeys import ISSUER, signed_in
from tests.oauth.registrations import LOOPBACK, REAL_CLIENTS, metadata, register, registered, registered_journey

pytestmark = pytest.mark.django_db

ONLY_DEVICE = {
    "client_name": "Shelf camera",
    "grant_types": DEVICE_GRANTS,
    "response_types": [],
    "token_endpoint_auth_method": "none",
}


@clause("RFC8628-4", "P-D3.1")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_a_device_finds_the_endpoint_and_the_grant(name: str) -> None:
    described = Browser().get(f"/.well-known/{name}").json()
    assert described["device_authorization_endpoint"] == f"{ISSUER}/oauth/device_authorization"
    assert DEVICE_GRANT in described["grant_types_supported"]


@clause("P-C2.1", "P-T6.4")
def test_a_client_that_only_devices_run_needs_no_redirect_uri(alice: User, acme: Workspace) -> None:
    members = registered(ONLY_DEVICE)
    assert members["redirect_uris"] == []
    assert members["response_types"] == []
    assert members["grant_types"] == DEVICE_GRANTS
    device = DeviceJourney(Client.objects.get(client_id=members["client_id"]), signed_in(alice))
    assert find_principal(device.device_tokens()["access_token"], Resource.MCP) is not None


def test_such_a_client_has_nothing_at_the_authorization_endpoint(alice: User, acme: Workspace) -> None:
    members = registered(ONLY_DEVICE)
    device = DeviceJourney(Client.objects.get(client_id=members["client_id"]), signed_in(alice))
    for redirect_uri in (None, "http://127.0.0.1:5555/callback", DEVICE_GRANT):
        response = device.ask(redirect_uri=redirect_uri)
        assert (response.status_code, "Location" in response) == (400, False)


def test_redirect_uris_that_policy_refuses_are_dropped_where_none_is_needed() -> None:
    members = registered({**ONLY_DEVICE, "redirect_uris": ["javascript:alert(1)", LOOPBACK]})
    assert members["redirect_uris"] == [LOOPBACK]


@clause("P-C2.2")
@pytest.mark.parametrize("grants", [["refresh_token"], [DEVICE_GRANT, "authorization_code"], None])
def test_who_can_begin_nothing_or_lacks_a_redirect_uri_for_it_is_refused(grants: list[str] | None) -> None:
    document: dict[str, Any] = {**ONLY_DEVICE, "grant_types": grants, "response_types": None}
    refused = register({name: value for name, value in document.items() if value is not None})
    assert refused.status_code == 400
    assert refused.json()["error"] == (
        "invalid_client_metadata" if grants == ["refresh_token"] else "invalid_redirect_uri"
    )


def test_nobody_gets_the_grant_unasked() -> None:
    document = metadata("Quiet client", LOOPBACK)
    document.pop("grant_types", None)
    assert DEVICE_GRANT not in registered(document)["grant_types"]


@pytest.mark.parametrize("uri", [DEVICE_GRANT, "urn:ietf:wg:oauth:2.0:oob"])
def test_a_urn_is_no_redirect_uri(uri: str) -> None:
    assert register(metadata("Out of band", uri)).json()["error"] == "invalid_redirect_uri"


def test_vs_code_goes_both_ways_with_one_registration(alice: User, acme: Workspace) -> None:
    (body,) = [real.body for real in REAL_CLIENTS if real.name == "vs_code"]
    members = registered(body)
    assert registered_journey(members, alice, "http://127.0.0.1:33418/").tokens()["access_token"]
    device = DeviceJourney(Client.objects.get(client_id=members["client_id"]), signed_in(alice))
    assert device.device_tokens()["access_token"]
