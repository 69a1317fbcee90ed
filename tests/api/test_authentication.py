"""Who may call the API: a token for it or an API key, in the header that is for it, exactly one (P-I2, P-G2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, make_secret
from roboflow_auth.oauth.models import AccessToken, Client, Connection, Session
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.api.client import ROOT, ApiClient, problem_of
from tests.clauses import clause
from tests.support.statements import at_most

ME = f"{ROOT}/me"
METADATA = "http://testserver/.well-known/oauth-protected-resource/api/v1"
DPOP_OFFER = ', DPoP algs="RS256 PS256 ES256 ES384 EdDSA Ed25519"'
CHALLENGE = f'Bearer resource_metadata="{METADATA}", scope="{" ".join(sorted(BASELINE))}"'


def refused_as_invalid(answer: Any) -> None:
    """Check that `answer` refuses the credential, with one challenge that says so."""
    assert problem_of(answer, 401)["code"] == "invalid_token"
    challenge = answer["WWW-Authenticate"]
    assert challenge.startswith(CHALLENGE + ', error="invalid_token", error_description="')
    assert challenge.count("resource_metadata") == 1


@clause("RFC6750-3.1", "RFC9728-5.1")
def test_without_a_credential_the_challenge_says_where_to_get_one(nobody: ApiClient) -> None:
    with at_most(0):
        answer = nobody.send("GET", ME)
    assert problem_of(answer, 401)["code"] == "unauthorized"
    assert answer["WWW-Authenticate"] == CHALLENGE + DPOP_OFFER


@clause("RFC9728-3.3")
def test_the_challenges_metadata_is_there_and_names_this_resource(nobody: ApiClient) -> None:
    document = nobody.send("GET", METADATA.removeprefix("http://testserver")).json()
    assert document["resource"] == "http://testserver/api/v1"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "rfoa_x"])
def test_an_empty_bearer_and_other_schemes_are_no_credential(nobody: ApiClient, authorization: str) -> None:
    nobody.headers["Authorization"] = authorization
    answer = nobody.send("GET", ME)
    assert problem_of(answer, 401)["code"] == "unauthorized"
    assert answer["WWW-Authenticate"] == CHALLENGE + DPOP_OFFER


@clause("P-I4.2", "RFC6749-10.10")
@pytest.mark.django_db
@pytest.mark.parametrize("raw", ["junk", "rfoa_" + "a" * 49, "rfk_" + "a" * 49, "\u00e9", "a, Bearer b", "a" * 4000])
def test_junk_is_refused_without_a_look_up(raw: str) -> None:
    with at_most(0):
        for client in (ApiClient(token=raw), ApiClient(key=raw)):
            refused_as_invalid(client.send("GET", ME))


@pytest.mark.django_db
def test_a_credential_that_nobody_gave_out_is_invalid() -> None:
    refused_as_invalid(ApiClient(token=make_secret(SecretKind.ACCESS_TOKEN)).send("GET", ME))
    refused_as_invalid(ApiClient(key=make_secret(SecretKind.API_KEY)).send("GET", ME))


def test_who_is_not_known_leaves_no_row(nobody: ApiClient) -> None:
    nobody.send("GET", ME)
    ApiClient(token=make_secret(SecretKind.ACCESS_TOKEN)).send("GET", ME)
    assert not AuditEvent.objects.exists()


@clause("P-I2.2")
def test_a_token_for_the_mcp_server_is_no_token_here(alice: User, acme: Workspace) -> None:
    refused_as_invalid(ApiClient(builders.make_token(alice, acme, resource=Resource.MCP)).send("GET", ME))


def test_each_kind_of_secret_counts_in_its_own_header_only(alice: User, acme: Workspace) -> None:
    raw_token, raw_key = builders.make_token(alice, acme, resource=Resource.API), builders.make_api_key(alice, acme)
    refused_as_invalid(ApiClient(token=raw_key).send("GET", ME))
    refused_as_invalid(ApiClient(key=raw_token).send("GET", ME))


def test_the_scheme_is_compared_without_regard_to_case(as_alice: ApiClient) -> None:
    as_alice.headers["Authorization"] = as_alice.headers["Authorization"].replace("Bearer", "bEARER")
    assert as_alice.result("GET", ME)["email"] == "alice@demo.local"


@clause("P-M1.2")
def test_a_credential_in_the_query_is_none(nobody: ApiClient, alice: User, acme: Workspace) -> None:
    raw_token = builders.make_token(alice, acme, resource=Resource.API)
    for parameter in ("access_token", "api_key", "token"):
        assert nobody.problem("GET", f"{ME}?{parameter}={raw_token}", status=401)["code"] == "unauthorized"


@clause("RFC6750-2")
def test_two_credentials_at_once_are_refused_even_when_both_are_live(
    alice: User, acme: Workspace, as_alice: ApiClient
) -> None:
    as_alice.headers["X-Api-Key"] = builders.make_api_key(alice, acme)
    answer = as_alice.send("GET", ME)
    assert problem_of(answer, 400)["code"] == "invalid_request"
    assert 'error="invalid_request"' in answer["WWW-Authenticate"]


def test_an_api_key_speaks_for_its_maker_and_its_row_names_it(bob: User, acme: Workspace) -> None:
    me = ApiClient(key=builders.make_api_key(bob, acme, ["workspace:read"])).result("GET", ME)
    assert (me["email"], me["role"], me["granted_scopes"]) == ("bob@demo.local", "labeler", ["workspace:read"])
    event = AuditEvent.objects.get(via="api")
    assert event.api_key_id
    assert event.client_id == ""


def test_a_browsers_session_is_no_credential(alice: User) -> None:
    browser = Browser()
    browser.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert problem_of(browser.get(ME), 401)["code"] == "unauthorized"


@clause("P-G2.2")
@pytest.mark.parametrize(
    "ending", ["token", "session", "connection", "expired connection", "client", "person", "membership", "expired"]
)
def test_whatever_ends_access_is_felt_at_the_next_call(bob: User, as_bob: ApiClient, ending: str) -> None:
    assert as_bob.result("GET", ME)
    now = timezone.now()
    past = now - timedelta(seconds=1)
    endings: dict[str, Any] = {
        "token": lambda: AccessToken.objects.update(revoked_at=now),
        "session": lambda: Session.objects.update(ended_at=now),
        "connection": lambda: Connection.objects.update(revoked_at=now),
        "expired connection": lambda: Connection.objects.update(expires_at=past),
        "client": lambda: Client.objects.update(is_disabled=True),
        "person": lambda: User.objects.filter(pk=bob.pk).update(is_active=False),
        "membership": lambda: Membership.objects.filter(user=bob).delete(),
        "expired": lambda: AccessToken.objects.update(expires=past),
    }
    endings[ending]()
    refused_as_invalid(as_bob.send("GET", ME))
