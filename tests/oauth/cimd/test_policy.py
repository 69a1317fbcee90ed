"""Clients with a metadata document, where staff are asked about unknown ones or turn them away."""

from __future__ import annotations

from typing import Any

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Approval, Client, KnownClient
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.cimd.steps import DOCUMENT, PATH, expire, journey_of
from tests.oauth.journeys import Journey
from tests.support.documents import DocumentServer


def test_a_strangers_document_is_not_even_read_where_only_known_apps_connect(
    journey: Journey, documents: DocumentServer, settings: Any
) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    for prompt in (None, "none"):
        response = journey.ask(prompt=prompt)
        assert (response.status_code, "Location" in response) == (403, False)
        assert journey.client.client_id in response.content.decode()
    assert documents.requests == []
    assert not Client.objects.exists()


def test_a_document_whose_address_is_in_the_catalogue_is_read(
    journey: Journey, documents: DocumentServer, settings: Any
) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    KnownClient.objects.create(slug="own", name="Own", names=["own"], client_ids=[journey.client.client_id])
    assert journey.tokens()["access_token"]
    assert documents.requests == [PATH]


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_what_is_read_may_wait_for_staff(
    request: pytest.FixtureRequest, journey: Journey, acme: Workspace, settings: Any, name: str
) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    theirs = journey_of(journey.client.client_id, request.getfixturevalue(name))
    assert theirs.ask()["Location"].startswith("/oauth/authorize/waiting?")
    Client.objects.update(approval=Approval.ALLOWED)
    assert theirs.tokens()["access_token"]


@pytest.mark.parametrize(
    "changes, status",
    [
        ({}, 200),
        ({"redirect_uris": DOCUMENT["redirect_uris"][:1]}, 200),
        ({"client_name": "Somebody else"}, 302),
        ({"redirect_uris": [*DOCUMENT["redirect_uris"], "https://evil.example/cb"]}, 302),
    ],
)
def test_an_approval_is_of_what_staff_saw(
    journey: Journey, documents: DocumentServer, settings: Any, changes: dict[str, Any], status: int
) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    journey.ask()
    Client.objects.update(approval=Approval.ALLOWED)
    documents.serve_document(PATH, {**DOCUMENT, **changes})
    expire()
    assert journey.ask().status_code == status


def test_that_staff_want_to_be_asked_outlives_a_change(journey: Journey, documents: DocumentServer) -> None:
    journey.ask()
    Client.objects.update(approval=Approval.ASK)
    documents.serve_document(PATH, {**DOCUMENT, "client_name": "Somebody else"})
    expire()
    assert journey.ask().status_code == 302


@pytest.mark.parametrize("name", ["Roboflow", "1️⃣ Roboflow", "\u3164Roboflow", "Ꭱoboflow", "Verified app"])
def test_a_document_that_borrows_this_products_name_is_not_used(
    documents: DocumentServer, alice: User, name: str
) -> None:
    client_id = documents.serve_document(PATH, {**DOCUMENT, "client_name": name})
    assert journey_of(client_id, alice).ask().status_code == 400
    assert not Client.objects.exists()


def test_a_document_that_takes_this_products_name_later_keeps_its_old_one(
    journey: Journey, documents: DocumentServer
) -> None:
    journey.ask()
    documents.serve_document(PATH, {**DOCUMENT, "client_name": "Roboflow"})
    expire()
    assert "Shelf counter" in journey.ask().content.decode()


def test_an_app_that_is_identified_by_its_document_proves_nothing_with_a_private_scheme(
    documents: DocumentServer, alice: User, acme: Workspace
) -> None:
    redirect_uri = "cursor://anysphere.cursor-mcp/oauth/callback"
    client_id = documents.serve_document(PATH, {**DOCUMENT, "redirect_uris": [redirect_uri]})
    journey = journey_of(client_id, alice)
    journey.redirect_uri = redirect_uri
    page = journey.ask()
    assert page.context["client"]["badge"] == "identified"
    assert "Any app on this computer could use this name" in page.content.decode()
