"""Devices whose client has a metadata document: it is read where they begin, and nowhere after (RFC 8628, P-C5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.cimd.steps import DOCUMENT, PATH, expire
from tests.oauth.devices import DEVICE_GRANTS, DeviceJourney, error_of
from tests.oauth.journeys import signed_in
from tests.support.documents import DocumentServer
from tests.support.limits import set_limits, wait_of


@pytest.fixture
def device(documents: DocumentServer, alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device whose client has nothing but a document, without any redirect URI."""
    document = {**DOCUMENT, "redirect_uris": [], "grant_types": DEVICE_GRANTS}
    client_id = documents.serve_document(PATH, document)
    return DeviceJourney(Client(client_id=client_id), signed_in(alice))


@clause("P-C5.1", "P-T6.4")
def test_a_document_is_read_where_a_device_begins_and_nowhere_after(
    device: DeviceJourney, documents: DocumentServer
) -> None:
    device.begin()
    assert documents.requests == [PATH]
    documents.answers.clear()
    expire()
    assert error_of(device.poll()) == "authorization_pending"
    assert "Shelf counter" in device.question().content.decode()
    device.answer()
    tokens = device.poll().json()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    assert device.refresh(tokens["refresh_token"]).status_code == 200
    assert documents.requests == [PATH]


def test_a_document_that_can_not_be_read_is_an_unknown_client(device: DeviceJourney, documents: DocumentServer) -> None:
    documents.answers.clear()
    refused = device.start()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert not Client.objects.exists()


def test_a_document_without_the_grant_begins_nothing(device: DeviceJourney, documents: DocumentServer) -> None:
    documents.serve_document(PATH, DOCUMENT)
    assert error_of(device.start()) == "unauthorized_client"


@clause("P-L1.2")
def test_first_fetches_for_devices_are_limited_like_all_others(
    device: DeviceJourney, documents: DocumentServer, settings: Any
) -> None:
    set_limits(settings, cimd_address="1/minute")
    device.begin()
    Client.objects.all().delete()
    cache.clear()
    assert wait_of(device.start())


def test_where_only_known_apps_connect_nothing_is_fetched_for_others(
    device: DeviceJourney, documents: DocumentServer, settings: Any
) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    refused = device.start()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert documents.requests == []


def test_the_host_of_a_document_does_not_vouch_for_a_device(device: DeviceJourney) -> None:
    device.begin()
    assert device.question().context["client"]["badge"] == "unverified"
