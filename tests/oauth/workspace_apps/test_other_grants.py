"""A block and a rule hold for devices, for services behind an app, and for what an enterprise vouches for."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Connection
from roboflow_auth.oauth.rules.redirect_uri import DEVICE
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.devices import DeviceJourney, make_device_client
from tests.oauth.exchanges import Gateway, is_live, make_gateway
from tests.oauth.journeys import signed_in
from tests.oauth.workspace_apps.desk import ask_admins, at_desk, decide, set_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Browser:
    """Return the browser of Alice, who owns Acme."""
    return at_desk(alice)


@pytest.fixture
def device(bob: User, acme: Workspace) -> DeviceJourney:
    """Return a device of Bob's."""
    return DeviceJourney(make_device_client(), signed_in(bob))


@clause("P-G4.8")
def test_a_device_of_a_blocked_app_gets_nothing_and_loses_what_it_has(desk: Browser, device: DeviceJourney) -> None:
    tokens = device.device_tokens()
    device.begin()
    page = device.question()
    decide(desk, "block", device.client, redirect_uri=DEVICE)
    assert not is_live(tokens["access_token"])
    assert device.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    refused = device.decide(page)
    assert (refused.status_code, "blocked Shelf camera" in refused.content.decode()) == (422, True)
    assert device.poll().json()["error"] == "authorization_pending"


@clause("P-G4.8")
def test_a_device_that_was_allowed_before_the_block_finds_its_code_worthless(
    desk: Browser, device: DeviceJourney
) -> None:
    device.begin()
    device.answer()
    decide(desk, "block", device.client, redirect_uri=DEVICE)
    assert device.poll().status_code == 400
    assert not Connection.objects.filter(revoked_at=None).exists()


@clause("P-C9.4")
def test_a_device_waits_for_an_admin_like_any_app(desk: Browser, device: DeviceJourney) -> None:
    set_rule(desk, "ask")
    device.begin()
    address = ask_admins(device, device.question())
    assert device.poll().json()["error"] == "authorization_pending"
    decide(desk, "allow", device.client, redirect_uri=DEVICE)
    assert device.decide(device.browser.get(address)).status_code == 303
    assert device.poll().status_code == 200


@pytest.fixture
def gateway(alice: User, acme: Workspace) -> Gateway:
    """Return a service behind apps, which Alice connected by itself as well."""
    gateway = make_gateway(name="Gateway", serves_resource="mcp")
    builders.make_connection(alice, acme, client=gateway.client)
    return gateway


@clause("P-G4.8")
def test_a_blocked_service_gets_no_token_in_exchange_and_loses_those_it_has(
    desk: Browser, gateway: Gateway, bob: User, acme: Workspace
) -> None:
    subject = builders.make_token(bob, acme)
    exchanged = gateway.exchange(subject).json()["access_token"]
    assert is_live(exchanged)
    decide(desk, "block", gateway.client)
    assert not is_live(exchanged)
    assert is_live(subject)
    refused = gateway.exchange(subject)
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


def test_elsewhere_the_service_goes_on(desk: Browser, gateway: Gateway, carol: User) -> None:
    subject = builders.make_token(carol, Workspace.objects.get(slug="carol"))
    exchanged = gateway.exchange(subject).json()["access_token"]
    decide(desk, "block", gateway.client)
    assert is_live(exchanged)
    assert gateway.exchange(subject).status_code == 200


@clause("P-G4.8")
def test_what_was_exchanged_for_a_token_of_the_blocked_app_dies_with_it(
    desk: Browser, gateway: Gateway, bob: User, acme: Workspace
) -> None:
    connection = builders.make_connection(bob, acme)
    exchanged = gateway.exchange(builders.make_token_of(connection)).json()["access_token"]
    decide(desk, "block", connection.client)
    assert not is_live(exchanged)
