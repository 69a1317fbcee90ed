"""Metadata documents with keys: fetched with them, never at the token endpoint, and pinned as they were shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from jwcrypto import jwk

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY, SigningJourney, ec_key, public, rsa_key
from tests.oauth.cimd.steps import DOCUMENT, PATH, assert_unknown, expire, journey_of
from tests.oauth.journeys import Journey, signed_in
from tests.support.documents import DocumentServer, Send, answer

KEYS_PATH = "/apps/keys.json"
HOSTED = "https://app.example/callback"

Publish = Callable[..., str]


@pytest.fixture
def publish(documents: DocumentServer) -> Publish:
    """Return a function that publishes a document that proves itself by `keys`, with `changes`; None leaves one out."""

    def publish(*keys: jwk.JWK, **changes: Any) -> str:
        members = {**DOCUMENT, "token_endpoint_auth_method": "private_key_jwt", "jwks": public(*keys), **changes}
        return documents.serve_document(PATH, {name: value for name, value in members.items() if value is not None})

    return publish


@pytest.fixture
def signing(publish: Publish, alice: User, acme: Workspace) -> SigningJourney:
    """Return Alice's way with a hosted client whose document has one key inline."""
    return SigningJourney(Client(client_id=publish(KEY)), signed_in(alice), HOSTED, key=KEY)


def with_key(journey: SigningJourney, key: jwk.JWK) -> SigningJourney:
    """Return the same client and person, where another key signs."""
    return SigningJourney(journey.client, journey.browser, journey.redirect_uri, key=key)


def unsigned(journey: SigningJourney) -> Journey:
    """Return the same client and person, where nothing is signed."""
    return Journey(journey.client, journey.browser, journey.redirect_uri)


def slowly(send: Send) -> Send:
    """Return an answer that takes more than half of the time that a document has in tests."""

    def wait_and_send(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.6)
        send(handler)

    return wait_and_send


def error_of(response: Any) -> str:
    """Return the error of a refusal."""
    return str(response.json()["error"])


@clause("P-C4.4")
def test_a_document_with_keys_goes_the_whole_way_and_is_fetched_once(
    signing: SigningJourney, documents: DocumentServer
) -> None:
    tokens = signing.tokens()
    documents.answers.clear()
    expire()
    fresh = signing.refresh(tokens["refresh_token"]).json()
    assert find_principal(fresh["access_token"], Resource.MCP) is not None
    assert signing.post("/oauth/introspect", token=fresh["access_token"]).json()["active"] is True
    assert signing.post("/oauth/revoke", token=fresh["refresh_token"]).status_code == 200
    assert find_principal(fresh["access_token"], Resource.MCP) is None
    assert documents.requests == [PATH]
    assert Client.objects.get().client_type == Client.CLIENT_CONFIDENTIAL


def test_without_a_signature_or_by_another_key_nothing_is_redeemed(signing: SigningJourney) -> None:
    code = signing.code()
    assert error_of(unsigned(signing).redeem(code)) == "invalid_client"
    assert error_of(with_key(signing, OTHER_KEY).redeem(code)) == "invalid_client"
    assert signing.redeem(code).status_code == 200


def test_keys_at_an_address_are_fetched_with_the_document(
    publish: Publish, documents: DocumentServer, signing: SigningJourney
) -> None:
    keys_at = documents.serve_document(KEYS_PATH, public(rsa_key(), OTHER_KEY), Cache_Control="max-age=600")
    publish(jwks=None, jwks_uri=keys_at)
    tokens = with_key(signing, OTHER_KEY).tokens()
    assert with_key(signing, OTHER_KEY).refresh(tokens["refresh_token"]).status_code == 200
    assert documents.requests == [PATH, KEYS_PATH]
    client = Client.objects.get()
    assert [key["kty"] for key in client.public_keys] == ["RSA", "EC"]
    # Both are due again when the first of them is.
    assert (client.cimd_expires_at - client.updated).total_seconds() < 601


@pytest.mark.parametrize(
    "body, status",
    [(b"{}", 200), (b'{"keys": []}', 200), (b'{"keys": "x"}', 200), (b"[]", 200), (b"", 404), (b"x" * 6000, 200)],
)
def test_keys_that_can_not_be_had_make_no_client(
    publish: Publish, documents: DocumentServer, alice: User, body: bytes, status: int
) -> None:
    client_id = publish(jwks=None, jwks_uri=documents.serve(KEYS_PATH, answer(body, status)))
    assert_unknown(journey_of(client_id, alice).ask())
    assert not Client.objects.exists()


def test_a_document_and_its_keys_share_the_time_that_a_document_has(
    publish: Publish, documents: DocumentServer, alice: User
) -> None:
    client_id = publish(jwks=None, jwks_uri=documents.serve_document(KEYS_PATH, public(KEY)))
    for path in (PATH, KEYS_PATH):
        documents.serve(path, slowly(documents.answers[path]))
    assert_unknown(journey_of(client_id, alice).ask())
    assert documents.requests == [PATH, KEYS_PATH]


@pytest.mark.parametrize(
    "address",
    ["http://localhost/keys", "https://127.0.0.1/keys", "https://169.254.169.254/keys", "file:///etc/passwd", 7, ["x"]],
)
def test_keys_are_fetched_from_the_internet_only(
    publish: Publish, documents: DocumentServer, settings: Any, alice: User, address: Any
) -> None:
    client_id = publish(jwks=None, jwks_uri=address)
    assert_unknown(journey_of(client_id, alice).ask())
    assert documents.requests == [PATH]


@pytest.mark.parametrize(
    "changes, method",
    [
        ({"token_endpoint_auth_method": None, "jwks": None}, AuthMethod.NONE),
        ({"token_endpoint_auth_method": None}, AuthMethod.PRIVATE_KEY_JWT),
        ({"token_endpoint_auth_method": "none"}, AuthMethod.NONE),
        ({"token_endpoint_auth_method": "private_key_jwt"}, AuthMethod.PRIVATE_KEY_JWT),
        ({"token_endpoint_auth_method": None, "listed": True, "jwks": None}, AuthMethod.NONE),
        ({"token_endpoint_auth_method": None, "listed": True}, AuthMethod.PRIVATE_KEY_JWT),
        ({"token_endpoint_auth_method": "none", "listed": True}, AuthMethod.NONE),
        ({"token_endpoint_auth_method": "private_key_jwt", "listed": True, "jwks": None}, AuthMethod.NONE),
    ],
)
def test_a_document_proves_itself_as_it_says_or_by_the_keys_it_has(
    publish: Publish, alice: User, acme: Workspace, changes: dict[str, Any], method: AuthMethod
) -> None:
    # ChatGPT's document lists both in the words of RFC 8414 (docs/interop.md).
    listed = ["none", "private_key_jwt"] if changes.pop("listed", False) else None
    client_id = publish(KEY, token_endpoint_auth_methods_supported=listed, **changes)
    assert journey_of(client_id, alice).ask().status_code == 200
    client = Client.objects.get()
    assert (client.auth_method, bool(client.public_keys)) == (method, method is AuthMethod.PRIVATE_KEY_JWT)


def test_keys_that_are_not_used_are_not_fetched(publish: Publish, documents: DocumentServer, alice: User) -> None:
    client_id = publish(jwks=None, jwks_uri=f"{documents.origin}{KEYS_PATH}", token_endpoint_auth_method="none")
    journey_of(client_id, alice).ask()
    assert documents.requests == [PATH]
    assert Client.objects.get().is_public


@clause("P-C6.3")
def test_a_connection_stays_with_the_keys_that_its_person_was_shown(signing: SigningJourney, publish: Publish) -> None:
    tokens = signing.tokens()
    publish(OTHER_KEY)
    expire()
    page = signing.ask()
    assert page.context["client"]["changes"] == ["It proves itself to this server by other keys."]
    tokens = signing.refresh(tokens["refresh_token"]).json()
    refused = with_key(signing, OTHER_KEY).refresh(tokens["refresh_token"])
    assert error_of(refused) == "invalid_grant"
    tokens = signing.refresh(tokens["refresh_token"]).json()
    signing.decide(page)
    assert error_of(signing.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert with_key(signing, OTHER_KEY).refresh(tokens["refresh_token"]).status_code == 200
    assert signing.ask().status_code == 303


def test_a_key_that_was_taken_out_redeems_no_new_codes(signing: SigningJourney, publish: Publish) -> None:
    signing.tokens()
    publish(OTHER_KEY)
    expire()
    code = signing.code(prompt="consent")
    assert error_of(signing.redeem(code)) == "invalid_grant"
    assert with_key(signing, OTHER_KEY).redeem(code).status_code == 200


@pytest.mark.parametrize("bob_is_first", [True, False])
def test_each_person_s_connection_has_the_keys_of_its_own_time(
    signing: SigningJourney, publish: Publish, bob: User, bob_is_first: bool
) -> None:
    bobs = SigningJourney(signing.client, signed_in(bob), HOSTED, key=KEY if bob_is_first else OTHER_KEY)
    tokens = signing.tokens()
    bobs_tokens = bobs.tokens() if bob_is_first else {}
    publish(OTHER_KEY)
    expire()
    bobs_tokens = bobs_tokens or bobs.tokens()
    signing.ask()
    assert signing.refresh(tokens["refresh_token"]).status_code == 200
    assert bobs.refresh(bobs_tokens["refresh_token"]).status_code == 200


def test_a_document_that_no_longer_asks_for_a_signature_opens_no_older_connection(
    signing: SigningJourney, publish: Publish
) -> None:
    tokens = signing.tokens()
    publish(jwks=None, token_endpoint_auth_method="none")
    expire()
    page = signing.ask()
    assert page.context["client"]["changes"] == ["It proves itself to this server in another way."]
    assert error_of(unsigned(signing).refresh(tokens["refresh_token"])) == "invalid_grant"
    tokens = signing.refresh(tokens["refresh_token"]).json()
    signing.decide(page)
    assert unsigned(signing).refresh(tokens["refresh_token"]).status_code == 200


def test_a_document_that_begins_to_sign_must_sign_for_older_connections_too(
    signing: SigningJourney, publish: Publish
) -> None:
    publish(jwks=None, token_endpoint_auth_method="none")
    tokens = unsigned(signing).tokens()
    publish(KEY)
    expire()
    signing.ask()
    assert error_of(unsigned(signing).refresh(tokens["refresh_token"])) == "invalid_client"
    assert signing.refresh(tokens["refresh_token"]).status_code == 200


def test_a_failure_to_fetch_the_keys_leaves_those_that_are_stored(
    signing: SigningJourney, publish: Publish, documents: DocumentServer
) -> None:
    tokens = signing.tokens()
    publish(jwks=None, jwks_uri=f"{documents.origin}{KEYS_PATH}")
    expire()
    assert signing.ask(prompt="consent").context["client"]["changes"] == []
    assert signing.refresh(tokens["refresh_token"]).status_code == 200


def test_a_document_keeps_a_bounded_number_of_former_keys(signing: SigningJourney, publish: Publish) -> None:
    tokens = signing.tokens()
    for _ in range(4):
        publish(*(ec_key() for _ in range(9)))
        expire()
        signing.ask()
    assert len(Client.objects.get().former_keys) == 20
    # Its own document went through more keys than are kept, and nothing verifies the first one any longer.
    assert error_of(signing.refresh(tokens["refresh_token"])) == "invalid_client"
