"""How far an identity assertion reaches beside others: keys, staff who change their mind, other issuers."""

from __future__ import annotations

from typing import Any

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.authorization.question import Duration
from roboflow_auth.oauth.connected_apps import change_expiry, narrow_scopes
from roboflow_auth.oauth.connections import revoke_connection
from roboflow_auth.oauth.models import AccessToken, Connection, TrustedIssuer
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.oauth.trusted_issuers import settle_issuer
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY, public
from tests.oauth.crowd import in_the_meantime
from tests.oauth.enterprises import IDP, Enterprise, make_enterprise, refusal
from tests.oauth.exchanges import is_live
from tests.oauth.grants.test_forged_identity import assert_refused
from tests.oauth.proofs import jkt_of, make_proof
from tests.support.statements import at_most

OTHER_IDP = "https://login.acme.example"


@pytest.mark.parametrize("binding", [{"jkt": jkt_of(OTHER_KEY)}, {"jkt": ""}, {"x5t#S256": "x"}, {}, "x", None, 7])
def test_an_assertion_that_is_bound_to_a_key_is_nothing_without_it(enterprise: Enterprise, binding: Any) -> None:
    claims = {**enterprise.claims(), "cnf": binding}
    assert_refused(enterprise.present(enterprise.sign(claims)))


@clause("P-T6.6")
def test_the_key_that_an_assertion_is_bound_to_is_proved_and_binds_the_token(enterprise: Enterprise) -> None:
    bound = {"cnf": {"jkt": jkt_of(OTHER_KEY)}}
    refused = bring(enterprise, make_proof(KEY), **bound)
    assert refusal(refused) == (400, "invalid_grant")
    answer = bring(enterprise, make_proof(OTHER_KEY), **bound).json()
    assert answer["token_type"] == "DPoP"
    assert find_principal(answer["access_token"], Resource.MCP) is None
    assert find_principal(answer["access_token"], Resource.MCP, dpop_jkt=jkt_of(OTHER_KEY)) is not None


def bring(enterprise: Enterprise, proof: str, **claims: Any) -> Any:
    """Bring a good assertion, with changes to its claims, beside a proof of a key."""
    return enterprise.present(enterprise.assertion(**claims), headers={"DPoP": proof})


def test_details_that_nobody_here_understands_are_not_overlooked(enterprise: Enterprise) -> None:
    assert_refused(enterprise.present(enterprise.assertion(authorization_details=[{"type": "x"}])))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_assertion_that_staff_overtake_grants_nothing(enterprise: Enterprise) -> None:
    issuer = enterprise.issuer
    issuer.is_disabled = True

    def disable() -> None:
        issuer.save()
        settle_issuer(issuer)

    response = in_the_meantime(disable, lambda: enterprise.present(enterprise.assertion()))
    assert_refused(response)


def test_two_issuers_for_the_same_people_grant_apart(enterprise: Enterprise, acme: Workspace) -> None:
    second = TrustedIssuer.objects.create(
        name="Acme's next", issuer=OTHER_IDP, workspace=acme, pinned_keys=public(KEY)["keys"]
    )
    second.clients.add(enterprise.client)
    first_token, second_token = enterprise.token(), enterprise.token(iss=OTHER_IDP)
    assert set(Connection.objects.values_list("granted_by__issuer", flat=True)) == {IDP, OTHER_IDP}
    enterprise.issuer.is_disabled = True
    enterprise.issuer.save()
    settle_issuer(enterprise.issuer)
    assert [is_live(first_token), is_live(second_token)] == [False, True]


def test_an_identifier_counts_for_its_issuer(enterprise: Enterprise, acme: Workspace) -> None:
    second = make_enterprise(acme, issuer=OTHER_IDP)
    second.issuer.clients.add(enterprise.client)
    for issuer in (IDP, OTHER_IDP):
        assert enterprise.present(enterprise.assertion(iss=issuer, jti="the same")).status_code == 200
    assert AccessToken.objects.count() == 2


def test_the_issuer_is_one_statement_away_where_it_is_not_trusted(enterprise: Enterprise) -> None:
    assertion = enterprise.assertion(iss="https://other.example")
    with at_most(2):
        assert_refusal_only(enterprise.present(assertion))


def assert_refusal_only(response: Any) -> None:
    """Fail unless the assertion was refused."""
    assert refusal(response) == (400, "invalid_grant")


@clause("P-G2.5")
def test_the_next_assertion_gives_nothing_back_and_leaves_the_end_that_the_person_chose(
    enterprise: Enterprise, alice: User
) -> None:
    enterprise.token()
    connection = Connection.objects.get()
    narrow_scopes(alice, connection.pk, ["project:read"])
    chosen_end = change_expiry(alice, connection.pk, Duration.DAY).expires_at
    scopes_of_next = [
        scopes_of(enterprise.token()),
        scopes_of(enterprise.token(scope="image:read member:read project:read")),
    ]
    assert scopes_of_next == [{"project:read"}, {"member:read", "project:read"}]
    connection.refresh_from_db()
    assert (connection.scope, connection.expires_at) == ("member:read project:read", chosen_end)
    widened = AuditEvent.objects.filter(action="authorize", reason="granted_by_enterprise").latest("pk")
    assert widened.detail == "member:read"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@clause("P-G2.5")
def test_an_assertion_that_runs_into_the_persons_change_gives_nothing_back(enterprise: Enterprise, alice: User) -> None:
    enterprise.token()
    connection = Connection.objects.get()

    def take_away() -> None:
        narrow_scopes(alice, connection.pk, ["project:read"])

    wide = enterprise.assertion(scope="image:read member:read project:read")
    response = in_the_meantime(take_away, lambda: enterprise.present(wide))
    assert response.json().get("scope") == "member:read project:read", response.json()
    connection.refresh_from_db()
    assert connection.scope == "member:read project:read"


@clause("P-G2.5")
def test_what_the_person_took_away_alone_buys_nothing_and_disconnecting_begins_anew(
    enterprise: Enterprise, alice: User
) -> None:
    enterprise.token()
    connection = Connection.objects.get()
    narrow_scopes(alice, connection.pk, ["project:read"])
    assert refusal(enterprise.present(enterprise.assertion(scope="image:read"))) == (400, "invalid_scope")
    revoke_connection(connection, "by_person")
    assert scopes_of(enterprise.token(scope="image:read")) == {"image:read"}


def scopes_of(raw_token: str) -> frozenset[str]:
    """Return what an access token can do now."""
    principal = find_principal(raw_token, Resource.MCP)
    assert principal
    return principal.scopes
