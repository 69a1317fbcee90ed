"""Enterprise-managed authorization: an identity assertion of the enterprise buys a short access token (P-T6.6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.connections import revoke_connection
from roboflow_auth.oauth.models import AuthMethod, Client, Connection, Session, TrustedIssuer
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.oauth.trusted_issuers import settle_issuer
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY, claims_of, make_key_client, public, rsa_key, sign
from tests.oauth.enterprises import GRANT, IDP, Enterprise, make_enterprise, refusal
from tests.oauth.exchanges import is_live
from tests.oauth.journeys import ISSUER, Journey, post_form, signed_in
from tests.oauth.registrations import LOOPBACK, metadata, registered
from tests.support.statements import at_most


@clause("P-T6.6", "ID-JAG-4.4.3")
def test_an_assertion_buys_a_short_token_for_the_person_in_the_workspace(enterprise: Enterprise, alice: User) -> None:
    response = enterprise.present(enterprise.assertion())
    answer = response.json()
    assert (answer["token_type"], answer["scope"], answer["expires_in"]) == ("Bearer", "image:read project:read", 900)
    assert "refresh_token" not in answer
    assert response["Cache-Control"] == "no-store"
    principal = find_principal(answer["access_token"], Resource.MCP)
    assert principal is not None
    assert (principal.user_id, principal.workspace, principal.role) == (alice.pk, "acme", "owner")


@clause("P-T6.6")
def test_what_the_enterprise_granted_is_a_connection_of_the_person_marked_as_such(
    enterprise: Enterprise, alice: User
) -> None:
    enterprise.token()
    connection = Connection.objects.get()
    assert (connection.user, connection.client, connection.granted_by) == (alice, enterprise.client, enterprise.issuer)
    assert AuditEvent.objects.filter(reason="granted_by_enterprise", connection_id=connection.pk).count() == 1
    event = AuditEvent.objects.get(action="issue_token")
    assert (event.reason, event.detail, event.actor_email) == ("identity_assertion", IDP, alice.email)


def test_the_next_assertion_uses_the_same_connection_and_session_and_widens_it(enterprise: Enterprise) -> None:
    first, second = enterprise.token(scope="project:read"), enterprise.token(scope="image:read")
    assert (Connection.objects.count(), Session.objects.count()) == (1, 1)
    scopes = [principal.scopes for token in (first, second) if (principal := find_principal(token, Resource.MCP))]
    assert scopes == [{"project:read"}, {"image:read"}]


def test_what_the_person_agreed_to_themselves_stays_apart(enterprise: Enterprise, alice: User) -> None:
    Client.objects.update(redirect_uris="http://127.0.0.1/callback")
    own = Journey(enterprise.client, signed_in(alice), raw_secret=enterprise.raw_secret).tokens()["access_token"]
    enterprise.token()
    assert Connection.objects.count() == 2
    revoke_connection(Connection.objects.get(granted_by__isnull=False), "test")
    assert is_live(own)


def test_after_the_person_disconnected_the_next_assertion_connects_anew(enterprise: Enterprise) -> None:
    before = enterprise.token()
    revoke_connection(Connection.objects.get(), "disconnected")
    assert not is_live(before)
    assert is_live(enterprise.token())
    assert Connection.objects.count() == 2


def test_revoking_a_token_ends_its_session_and_the_next_assertion_begins_another(enterprise: Enterprise) -> None:
    token = enterprise.token()
    Journey(enterprise.client, None, raw_secret=enterprise.raw_secret).post("/oauth/revoke", token=token)  # type: ignore[arg-type]
    assert not is_live(token)
    assert is_live(enterprise.token())


@pytest.mark.parametrize(
    "claimed, asked, granted",
    [
        ("project:read image:read", "project:read", "project:read"),
        ("project:read", "project:read project:create", "project:read"),
        ("project:read nonsense offline_access", "", "project:read"),
        (None, "", "annotation-job:read batch:read image:read project:read version:read workspace:read"),
    ],
)
def test_scopes_narrow(enterprise: Enterprise, claimed: str | None, asked: str, granted: str) -> None:
    answer = enterprise.present(enterprise.assertion(scope=claimed), scope=asked or None).json()
    assert answer["scope"] == granted


@pytest.mark.parametrize("claimed, asked", [("nonsense", ""), ("offline_access", ""), ("project:read", "image:read")])
def test_a_scope_that_grants_nothing_is_refused_and_never_the_baseline(
    enterprise: Enterprise, claimed: str, asked: str
) -> None:
    response = enterprise.present(enterprise.assertion(scope=claimed), scope=asked or None)
    assert refusal(response) == (400, "invalid_scope")
    assert not Connection.objects.exists()


def test_role_client_and_issuer_bound_what_is_granted(enterprise: Enterprise, bob: User) -> None:
    everything = {"scope": "project:read project:create image:read", "email": bob.email}
    assert enterprise.present(enterprise.assertion(**everything)).json()["scope"] == "image:read project:read"
    bob.memberships.update(role=RoleName.ADMIN)
    TrustedIssuer.objects.update(scope_ceiling="project:create image:read")
    assert enterprise.present(enterprise.assertion(**everything)).json()["scope"] == "image:read project:create"
    Client.objects.update(scope_ceiling="image:read")
    assert enterprise.present(enterprise.assertion(**everything)).json()["scope"] == "image:read"


@clause("P-T6.6")
@pytest.mark.parametrize("resource", [f"{ISSUER}/mcp", f"{ISSUER}/mcp/", ISSUER, [f"{ISSUER}/mcp"], None])
def test_the_resource_is_the_one_of_the_assertion(enterprise: Enterprise, resource: Any) -> None:
    assert is_live(enterprise.token(resource=resource))


@pytest.mark.parametrize(
    "claimed, asked",
    [
        ("https://elsewhere.example", None),
        ([f"{ISSUER}/mcp", f"{ISSUER}/api/v1"], None),
        (f"{ISSUER}/mcp", f"{ISSUER}/api/v1"),
    ],
)
def test_another_resource_is_an_invalid_target(enterprise: Enterprise, claimed: Any, asked: str | None) -> None:
    response = enterprise.present(enterprise.assertion(resource=claimed), resource=asked)
    assert refusal(response) == (400, "invalid_target")


@pytest.mark.parametrize("claim, value", [("email", "Alice@Demo.Local"), ("sub_email", "alice@demo.local")])
def test_who_the_person_is_stands_where_staff_say(enterprise: Enterprise, claim: str, value: str) -> None:
    TrustedIssuer.objects.update(person_claim=claim)
    other = {"sub": value, "email": None} if claim == "sub_email" else {"email": value}
    assert is_live(enterprise.token(**other))


def test_the_subject_of_this_server_names_a_person_too(enterprise: Enterprise, alice: User) -> None:
    TrustedIssuer.objects.update(person_claim="sub_subject")
    assert is_live(enterprise.token(sub=str(alice.subject), email=None))
    for stranger in ("alice@demo.local", str(builders.make_user("dan@demo.local").subject)):
        assert refusal(enterprise.present(enterprise.assertion(sub=stranger))) == (400, "invalid_grant")


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256"])
def test_asymmetric_algorithms_are_taken(acme: Workspace, alg: str) -> None:
    key = KEY if alg == "ES256" else rsa_key()
    enterprise = make_enterprise(acme, pinned_keys=public(key)["keys"])
    enterprise.key = key
    assert enterprise.present(enterprise.sign(alg=alg)).status_code == 200


def test_an_app_with_keys_brings_assertions_by_its_signature(enterprise: Enterprise) -> None:
    client = make_key_client(OTHER_KEY)
    enterprise.issuer.clients.add(client)
    body = {
        "grant_type": GRANT,
        "assertion": enterprise.assertion(client_id=client.client_id),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign(claims_of(client.client_id), OTHER_KEY),
    }
    assert post_form(Journey(client, None).machine, "/oauth/token", body).status_code == 200  # type: ignore[arg-type]


def test_an_app_that_replaced_its_key_begins_nothing_new_with_the_old_one(enterprise: Enterprise) -> None:
    client = make_key_client(KEY, former_keys=public(OTHER_KEY)["keys"])
    enterprise.issuer.clients.add(client)
    body = {
        "grant_type": GRANT,
        "assertion": enterprise.assertion(client_id=client.client_id),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign(claims_of(client.client_id), OTHER_KEY),
    }
    response = post_form(Journey(client, None).machine, "/oauth/token", body)  # type: ignore[arg-type]
    assert refusal(response) == (401, "invalid_client")


def test_nobody_registers_this_grant_for_themselves(db: None) -> None:
    members = registered(metadata("Sly", LOOPBACK, grant_types=["authorization_code", GRANT]))
    assert members["grant_types"] == ["authorization_code"]


def test_a_token_takes_nine_statements_once_the_person_is_connected(enterprise: Enterprise) -> None:
    enterprise.token()
    assertion = enterprise.assertion()
    with at_most(9):
        assert enterprise.present(assertion).status_code == 200


@pytest.mark.parametrize("change", ["disabled", "client", "workspace"])
def test_what_an_issuer_would_not_grant_any_more_ends_when_staff_change_it(
    enterprise: Enterprise, carol: User, change: str
) -> None:
    token = enterprise.token()
    issuer = enterprise.issuer
    if change == "disabled":
        issuer.is_disabled = True
    elif change == "client":
        issuer.clients.clear()
    else:
        issuer.workspace = Workspace.objects.get(slug="carol")
    issuer.save()
    settle_issuer(issuer)
    assert not is_live(token)
    assert AuditEvent.objects.get(action="revoke_connection").reason == "issuer_changed"
    assert refusal(enterprise.present(enterprise.assertion())) == (400, "invalid_grant")


def test_a_narrower_ceiling_clips_what_was_granted(enterprise: Enterprise) -> None:
    token = enterprise.token()
    enterprise.issuer.scope_ceiling = "image:read"
    enterprise.issuer.save()
    settle_issuer(enterprise.issuer)
    principal = find_principal(token, Resource.MCP)
    assert principal is not None
    assert principal.scopes == {"image:read"}


def test_a_person_who_left_and_came_back_is_connected_anew(
    enterprise: Enterprise, alice: User, acme: Workspace
) -> None:
    before = enterprise.token()
    Membership.objects.filter(user=alice, workspace=acme).update(joined_at=timezone.now())
    assert not is_live(before)
    assert is_live(enterprise.token())


def test_a_client_with_a_secret_needs_no_ticked_grant(enterprise: Enterprise) -> None:
    Client.objects.update(grant_types=[], auth_method=AuthMethod.BASIC)
    assert enterprise.present(enterprise.assertion()).status_code == 200
