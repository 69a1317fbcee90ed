"""How many documents are fetched for the first time (P-L1)."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.cimd.steps import DOCUMENT, PATH, expire
from tests.oauth.journeys import Journey, signed_in
from tests.support.documents import DocumentServer
from tests.support.limits import set_limits, wait_of


def ask(client_id: str, address: str = "203.0.113.9") -> Any:
    """Send a browser to the authorization endpoint; the app is known when it is answered with a redirect."""
    query = {"client_id": client_id, "redirect_uri": "http://127.0.0.1/callback"}
    return Browser().get("/oauth/authorize", query, REMOTE_ADDR=address)


def assert_busy_page(response: Any) -> None:
    """Fail unless `response` is the page that asks the person to come back."""
    wait_of(response)
    assert response["Content-Type"].startswith("text/html")
    assert "Too many new apps at once" in response.content.decode()
    assert response["X-Request-Id"] in response.content.decode()


def some(documents: DocumentServer, count: int) -> list[str]:
    """Return the client IDs of `count` documents."""
    return [documents.serve_document(f"/{number}/client.json", DOCUMENT) for number in range(count)]


@clause("P-L1.2", "P-L1.6")
def test_an_address_brings_so_many_new_apps_and_others_go_on(
    db: None, documents: DocumentServer, settings: Any
) -> None:
    set_limits(settings, cimd_address="2/minute")
    one, two, three = some(documents, 3)
    assert [ask(one).status_code, ask(two).status_code] == [302, 302]
    assert_busy_page(ask(three))
    assert len(documents.requests) == 2
    assert ask(three, "203.0.113.10").status_code == 302


@clause("P-L1.2")
def test_all_addresses_together_bring_so_many_new_apps(db: None, documents: DocumentServer, settings: Any) -> None:
    set_limits(settings, cimd_all="1/minute")
    one, two = some(documents, 2)
    assert ask(one).status_code == 302
    assert_busy_page(ask(two, "203.0.113.10"))
    assert len(documents.requests) == 1


def test_a_refusal_is_not_held_against_the_app(db: None, documents: DocumentServer, settings: Any) -> None:
    set_limits(settings, cimd_all="1/minute")
    one, two = some(documents, 2)
    ask(one)
    assert_busy_page(ask(two))
    set_limits(settings, cimd_all="9/minute")
    assert ask(two).status_code == 302


def test_apps_that_are_known_are_not_counted(db: None, documents: DocumentServer, settings: Any) -> None:
    set_limits(settings, cimd_address="1/minute")
    client_id = documents.serve_document(PATH, DOCUMENT)
    for _ in range(3):
        assert ask(client_id).status_code == 302
        expire()
        cache.clear()
    assert documents.requests == [PATH] * 3


def test_an_app_of_the_catalogue_gets_in_by_its_pinned_copy(
    documents: DocumentServer, settings: Any, alice: User, acme: Workspace
) -> None:
    set_limits(settings, cimd_all="1/minute")
    ask(*some(documents, 1))
    client_id = "https://claude.ai/oauth/claude-code-client-metadata"
    journey = Journey(Client(client_id=client_id), signed_in(alice), "http://localhost:54545/callback")
    assert journey.ask().status_code == 200
