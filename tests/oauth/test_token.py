"""The token endpoint: codes and refresh tokens, who may use them, and what they buy."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.models import (
    AccessToken,
    AuthMethod,
    AuthorizationCode,
    Client,
    Connection,
    RefreshToken,
    Session,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.oauth.journeys import ISSUER, VERIFIER, Journey, post_form, signed_in
from tests.support.statements import at_most


def make_secret_client(method: AuthMethod = AuthMethod.BASIC) -> tuple[Client, str]:
    """Return a client with a secret, and the secret."""
    raw_secret = make_secret(SecretKind.CLIENT_SECRET)
    client = builders.make_client(
        client_type=Client.CLIENT_CONFIDENTIAL, auth_method=method, client_secret=hash_secret(raw_secret)
    )
    return client, raw_secret


def basic(client_id: str, secret: str, scheme: str = "Basic") -> dict[str, str]:
    """Return an Authorization header."""
    return {"Authorization": f"{scheme} {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


def test_a_code_buys_tokens_that_say_what_they_are(journey: Journey) -> None:
    response = journey.redeem(journey.code(scope="project:read offline_access"))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    tokens = response.json()
    assert tokens["access_token"].startswith("rfoa_")
    assert tokens["refresh_token"].startswith("rfor_")
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "offline_access project:read"
    assert tokens["expires_in"] == 3600


def test_tokens_are_stored_as_hashes_only(journey: Journey) -> None:
    tokens = journey.tokens()
    for model, raw in ((AccessToken, tokens["access_token"]), (RefreshToken, tokens["refresh_token"])):
        row = model.objects.get()
        assert raw not in str(vars(row))
        assert row.token == ""
        assert row.token_checksum == hash_secret(raw)


def test_a_token_speaks_for_the_person_in_the_workspace_and_only_at_its_resource(journey: Journey, alice: User) -> None:
    raw_token = journey.tokens()["access_token"]
    principal = find_principal(raw_token, Resource.MCP)
    assert principal is not None
    assert (principal.user_id, principal.workspace) == (alice.pk, "acme")
    assert find_principal(raw_token, Resource.API) is None


def test_a_reused_code_revokes_the_tokens_it_bought(journey: Journey) -> None:
    code = journey.code()
    tokens = journey.redeem(code).json()
    assert journey.redeem(code).json()["error"] == "invalid_grant"
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert AuditEvent.objects.filter(action="end_session", reason="code_reuse", outcome="refused").exists()


def test_a_code_reused_after_it_expired_still_burns_its_tokens(journey: Journey) -> None:
    code = journey.code()
    tokens = journey.redeem(code).json()
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    journey.redeem(code)
    assert find_principal(tokens["access_token"], Resource.MCP) is None


def test_a_reused_code_leaves_other_sessions_of_the_connection_alone(journey: Journey) -> None:
    other = journey.tokens()
    code = journey.code()
    journey.redeem(code)
    journey.redeem(code)
    assert find_principal(other["access_token"], Resource.MCP) is not None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:5556/callback"}, "invalid_grant"),
        ({"resource": f"{ISSUER}/api/v1"}, "invalid_target"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"scope": "project:create"}, "invalid_scope"),
    ],
)
def test_a_request_that_does_not_fit_the_code_is_refused_and_does_not_consume_it(
    journey: Journey, changes: dict[str, Any], error: str
) -> None:
    code = journey.code()
    parameters: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": VERIFIER,
        **changes,
    }
    response = journey.token(**parameters)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert journey.redeem(code).status_code == 200


def test_a_code_expires_after_a_minute(journey: Journey) -> None:
    code = journey.code()
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert journey.redeem(code).json()["error"] == "invalid_grant"


def test_another_client_can_not_redeem_a_code_nor_burn_it(journey: Journey) -> None:
    code = journey.code()
    thief = Journey(builders.make_client(name="Thief"), Browser())
    assert thief.redeem(code).json()["error"] == "invalid_grant"
    assert journey.redeem(code).status_code == 200


@pytest.mark.parametrize("code", ["", "junk", "rfoc_", "rfoc_" + "a" * 49, "\x00", "rfoa_" + "a" * 49])
def test_junk_is_no_code(journey: Journey, code: str) -> None:
    assert journey.redeem(code).status_code == 400


def test_a_code_of_a_connection_that_was_revoked_meanwhile_buys_nothing(journey: Journey) -> None:
    code = journey.code()
    Connection.objects.update(revoked_at=timezone.now())
    assert journey.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_of_someone_who_left_the_workspace_buys_nothing(journey: Journey, alice: User, acme: Workspace) -> None:
    code = journey.code()
    Membership.objects.filter(user=alice, workspace=acme).delete()
    assert journey.redeem(code).json()["error"] == "invalid_grant"


def test_refreshing_rotates_and_keeps_the_session(journey: Journey) -> None:
    tokens = journey.tokens()
    fresh = journey.refresh(tokens["refresh_token"], resource=f"{ISSUER}/mcp").json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert find_principal(fresh["access_token"], Resource.MCP) is not None
    assert Session.objects.count() == 1
    assert RefreshToken.objects.get(revoked__isnull=False).successor == RefreshToken.objects.get(revoked__isnull=True)


def test_a_refresh_token_that_was_used_before_ends_its_session_and_no_other(journey: Journey) -> None:
    other, tokens = journey.tokens(), journey.tokens()
    fresh = journey.refresh(tokens["refresh_token"]).json()
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(fresh["access_token"], Resource.MCP) is None
    assert journey.refresh(fresh["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(other["access_token"], Resource.MCP) is not None
    assert AuditEvent.objects.filter(action="end_session", reason="refresh_token_reuse").count() == 1


def test_another_client_can_not_refresh_nor_end_the_session(journey: Journey) -> None:
    tokens = journey.tokens()
    thief = Journey(builders.make_client(name="Thief"), Browser())
    assert thief.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert journey.refresh(tokens["refresh_token"]).status_code == 200


def test_scopes_only_narrow_on_refresh(journey: Journey) -> None:
    tokens = journey.tokens(scope="project:read image:read")
    narrow = journey.refresh(tokens["refresh_token"], scope="project:read project:create").json()
    assert narrow["scope"] == "project:read"
    wide = journey.refresh(narrow["refresh_token"]).json()
    assert wide["scope"] == "image:read project:read"
    assert journey.refresh(wide["refresh_token"], scope="project:create").json()["error"] == "invalid_scope"
    assert journey.refresh(wide["refresh_token"], resource=f"{ISSUER}/api/v1").json()["error"] == "invalid_target"


@pytest.mark.parametrize("ending", ["connection", "expiry", "person", "membership", "session", "client", "idle"])
def test_whatever_ends_access_ends_it_at_the_next_call_and_the_next_refresh(
    journey: Journey, alice: User, ending: str
) -> None:
    tokens = journey.tokens()
    now = timezone.now()
    end: dict[str, Callable[[], Any]] = {
        "connection": lambda: Connection.objects.update(revoked_at=now),
        "expiry": lambda: Connection.objects.update(expires_at=now - timedelta(seconds=1)),
        "person": lambda: User.objects.filter(pk=alice.pk).update(is_active=False),
        "membership": lambda: Membership.objects.filter(user=alice).delete(),
        "session": lambda: Session.objects.update(ended_at=now),
        "client": lambda: Client.objects.update(is_disabled=True),
        "idle": lambda: (
            RefreshToken.objects.update(expires_at=now - timedelta(seconds=1)),
            AccessToken.objects.update(expires=now - timedelta(seconds=1)),
        ),
    }
    end[ending]()
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    response = journey.refresh(tokens["refresh_token"])
    assert response.json()["error"] == ("invalid_client" if ending == "client" else "invalid_grant")


def test_lifetimes_never_exceed_the_connection(journey: Journey) -> None:
    code = journey.code({"duration": "1"})
    Connection.objects.update(expires_at=timezone.now() + timedelta(minutes=10))
    tokens = journey.redeem(code).json()
    assert tokens["expires_in"] <= 600
    assert tokens["refresh_token_expires_in"] <= 600
    assert tokens["authorization_expires_in"] <= 600


def test_staff_set_lifetimes_per_client(journey: Journey) -> None:
    Client.objects.update(access_token_seconds=60, refresh_token_seconds=120)
    tokens = journey.tokens()
    assert (tokens["expires_in"], tokens["refresh_token_expires_in"]) == (60, 120)


def test_a_client_that_did_not_register_refreshing_gets_no_refresh_token(journey: Journey) -> None:
    Client.objects.update(grant_types=["authorization_code"])
    journey.client.refresh_from_db()
    assert "refresh_token" not in journey.tokens()
    assert journey.refresh("rfor_x").json()["error"] == "unauthorized_client"


@pytest.mark.parametrize("method", [AuthMethod.BASIC, AuthMethod.POST])
@pytest.mark.parametrize("way", ["basic", "post", "lower-case scheme"])
def test_a_secret_client_authenticates_by_basic_or_post_whichever_it_registered(
    alice: User, acme: Workspace, method: AuthMethod, way: str
) -> None:
    client, raw_secret = make_secret_client(method)
    journey = Journey(client, signed_in(alice))
    body = {"grant_type": "authorization_code", "code": journey.code(), "code_verifier": VERIFIER}
    if way == "post":
        response = post_form(
            Browser(), "/oauth/token", {**body, "client_id": client.client_id, "client_secret": raw_secret}
        )
    else:
        scheme = "basic" if way == "lower-case scheme" else "Basic"
        response = post_form(Browser(), "/oauth/token", body, headers=basic(client.client_id, raw_secret, scheme))
    assert response.status_code == 200, response.content


def test_a_secret_client_never_gets_by_without_its_secret(alice: User, acme: Workspace) -> None:
    client, _ = make_secret_client()
    journey = Journey(client, signed_in(alice))
    response = journey.redeem(journey.code())
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_secret_client_stored_without_a_hash_can_not_authenticate_at_all(alice: User, acme: Workspace) -> None:
    client, raw_secret = make_secret_client()
    Client.objects.update(client_secret="")
    for secret in ("", raw_secret):
        journey = Journey(client, Browser(), raw_secret=secret)
        assert journey.refresh("rfor_x").json()["error"] == "invalid_client"


def test_a_wrong_secret_is_answered_in_the_scheme_that_was_used(db: None) -> None:
    client, _ = make_secret_client()
    response = post_form(
        Browser(), "/oauth/token", {"grant_type": "refresh_token"}, headers=basic(client.client_id, "wrong")
    )
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response.json()["error"] == "invalid_client"


def test_a_public_client_with_a_secret_is_refused(journey: Journey) -> None:
    journey.raw_secret = "made-up"
    assert journey.refresh("rfor_x").json()["error"] == "invalid_client"


def test_two_ways_of_authenticating_at_once_are_refused(db: None) -> None:
    client, raw_secret = make_secret_client()
    body = {"grant_type": "refresh_token", "client_id": client.client_id, "client_secret": raw_secret}
    response = post_form(Browser(), "/oauth/token", body, headers=basic(client.client_id, raw_secret))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /w==", "Basic OnNlY3JldA=="])
def test_a_malformed_basic_header_is_an_invalid_client(db: None, header: str) -> None:
    response = post_form(Browser(), "/oauth/token", {"grant_type": "refresh_token"}, headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_basic_credentials_are_percent_decoded_and_may_hold_colons(alice: User, acme: Workspace) -> None:
    client = builders.make_client(
        client_id="id with:colon",
        client_type=Client.CLIENT_CONFIDENTIAL,
        auth_method=AuthMethod.BASIC,
        client_secret=hash_secret("se:cr%et"),
    )
    response = post_form(
        Browser(),
        "/oauth/token",
        {"grant_type": "refresh_token", "refresh_token": "x"},
        headers=basic("id+with%3Acolon", "se:cr%25et"),
    )
    assert client.pk
    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("body", "error", "status"),
    [
        ({"grant_type": "refresh_token"}, "invalid_client", 401),
        ({"client_id": "unknown", "grant_type": "authorization_code"}, "invalid_client", 401),
        ({"client_id": "x" * 10000}, "invalid_client", 401),
    ],
)
def test_an_unknown_client_is_told_so(db: None, body: dict[str, str], error: str, status: int) -> None:
    response = post_form(Browser(), "/oauth/token", body)
    assert (response.status_code, response.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("grant_type", "error"),
    [
        (None, "invalid_request"),
        ("password", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ("client_credentials", "unsupported_grant_type"),
    ],
)
def test_grants_that_do_not_exist_are_refused(journey: Journey, grant_type: str | None, error: str) -> None:
    assert journey.token(grant_type=grant_type).json()["error"] == error


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b"grant_type=authorization_code&grant_type=refresh_token", "application/x-www-form-urlencoded"),
        (b'{"grant_type": "authorization_code"}', "application/json"),
        (b"grant_type=a", "application/x-www-form-urlencoded, application/x-www-form-urlencoded"),
        (b"grant_type=a", "multipart/form-data"),
        (b"grant_type=\xff", "application/x-www-form-urlencoded"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"grant_type=%00", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"p%d=1" % number for number in range(500)), "application/x-www-form-urlencoded"),
    ],
)
def test_malformed_bodies_are_invalid_requests_in_json(db: None, raw: bytes, content_type: str) -> None:
    response = Browser().generic("POST", "/oauth/token", raw, content_type=content_type)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_json(db: None, method: str) -> None:
    response = Browser().generic(method, "/oauth/token")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert response.json()["error"] == "invalid_request"


def test_a_browser_app_may_call_from_any_origin_and_without_cookies(journey: Journey) -> None:
    response = post_form(Browser(), "/oauth/token", {}, headers={"Origin": "https://app.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response


def test_a_store_that_does_not_answer_is_503_and_retried(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*args: object, **kwargs: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("roboflow_auth.oauth.endpoints.token.identify_client", unavailable)
    response = journey.token(grant_type="refresh_token")
    assert (response.status_code, response.json()["error"]) == (503, "temporarily_unavailable")
    assert response["Retry-After"]
    assert "closed" not in response.content.decode()


def test_a_code_exchange_takes_six_statements(journey: Journey) -> None:
    code = journey.code()
    with at_most(6):
        assert journey.redeem(code).status_code == 200


def test_a_refresh_takes_six_statements(journey: Journey) -> None:
    tokens = journey.tokens()
    with at_most(6):
        assert journey.refresh(tokens["refresh_token"]).status_code == 200


def test_carol_and_bob_get_tokens_for_their_own_workspaces_and_roles_only(
    carols_journey: Journey, bobs_journey: Journey
) -> None:
    carol = find_principal(carols_journey.tokens()["access_token"], Resource.MCP)
    bob = find_principal(bobs_journey.tokens(scope="project:read project:create")["access_token"], Resource.MCP)
    assert carol is not None
    assert bob is not None
    assert carol.workspace == "carol"
    assert bob.workspace == "acme"
    assert bob.scopes == {"project:read"}
