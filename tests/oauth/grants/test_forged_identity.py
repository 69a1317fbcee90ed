"""Identity assertions that are not what they must be: each buys nothing, and the guard has a name (P-T6.6)."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from jwcrypto import jwk

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import AccessToken, Client, Connection, TrustedIssuer, UsedAssertion
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.assertions import OTHER_KEY, public, rsa_key, unsigned
from tests.oauth.crowd import all_at_once
from tests.oauth.enterprises import IDP, Enterprise, make_enterprise, refusal
from tests.oauth.grants.test_client_credentials import service
from tests.oauth.journeys import ISSUER


class FromNow(int):
    """Seconds from the moment at which an assertion is made, which is long after the tests were collected."""


def assert_refused(response: Any, error: str = "invalid_grant") -> None:
    """Fail unless nothing was granted, and the client is told so in JSON."""
    assert refusal(response) == (400, error), response.content
    assert not AccessToken.objects.exists()
    assert not Connection.objects.exists()
    assert not UsedAssertion.objects.exists()


@clause("P-T6.6", "ID-JAG-4.4.1/a")
@pytest.mark.parametrize(
    "audience",
    [
        "https://other.example",
        f"{ISSUER}/oauth/token",
        f"{ISSUER}/",
        [ISSUER, "https://other.example"],
        [ISSUER, ISSUER],
        [],
        {"x": ISSUER},
        7,
        None,
    ],
)
def test_an_assertion_for_another_server_is_refused(enterprise: Enterprise, audience: Any) -> None:
    assert_refused(enterprise.present(enterprise.assertion(aud=audience)))


@clause("P-T6.6", "ID-JAG-4.4.1/b")
@pytest.mark.parametrize("client_id", ["other", "", None, 7])
def test_an_assertion_of_another_client_is_refused(enterprise: Enterprise, acme: Workspace, client_id: Any) -> None:
    builders.make_client(client_id="other")
    assert_refused(enterprise.present(enterprise.assertion(client_id=client_id)))


@clause("ID-JAG-3.1")
@pytest.mark.parametrize("typ", [None, "", "JWT", "at+jwt", "client-authentication+jwt", "oauth-id-jag", 7, ["x"]])
def test_a_jwt_of_another_kind_is_refused(enterprise: Enterprise, typ: Any) -> None:
    assert_refused(enterprise.present(enterprise.sign(typ=typ)))


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "HS512", "ES256K", "", None, 7])
def test_an_algorithm_that_proves_nothing_is_refused(enterprise: Enterprise, alg: Any) -> None:
    header = {"alg": alg, "kid": "k1", "typ": "oauth-id-jag+jwt"}
    assert_refused(enterprise.present(unsigned(header, enterprise.claims(), b"")))
    response = enterprise.present(unsigned(header, enterprise.claims(), b"x" * 64))
    assert_refused(response)
    assert "must be signed by one of" in response.json()["error_description"]


@pytest.mark.parametrize("form", ["pem", "jwk", "n"])
def test_the_public_key_is_no_shared_secret(acme: Workspace, form: str) -> None:
    key = rsa_key()
    enterprise = make_enterprise(acme, pinned_keys=public(key)["keys"])
    secret = {"pem": key.export_to_pem(), "jwk": key.export_public().encode(), "n": key["n"].encode()}[form]
    enterprise.key = jwk.JWK(kty="oct", k=jwk.base64url_encode(secret), kid="rsa")
    assert_refused(enterprise.present(enterprise.sign(alg="HS256")))


@pytest.mark.parametrize("kid", ["k1", "k2", "", None, 7, ["k1"]])
def test_a_key_that_is_not_the_issuers_proves_nothing(enterprise: Enterprise, kid: Any) -> None:
    enterprise.key = OTHER_KEY
    assert_refused(enterprise.present(enterprise.sign(kid=kid)))


@pytest.mark.parametrize("member", ["jku", "jwk", "x5u", "x5c", "crit"])
def test_a_key_that_the_jwt_brings_along_is_not_looked_at(enterprise: Enterprise, member: str) -> None:
    brought = OTHER_KEY.export_public(as_dict=True)
    header = {
        "jku": "https://localhost/keys.json",
        "x5u": "https://localhost/keys.pem",
        "jwk": brought,
        "x5c": [brought["x"]],
        "crit": ["jku"],
    }
    forged = {"alg": "ES256", "kid": "k1", "typ": "oauth-id-jag+jwt", member: header[member]}
    assert_refused(enterprise.present(unsigned(forged, enterprise.claims())))
    if member in ("jku", "jwk"):
        enterprise.key = OTHER_KEY
        assert_refused(enterprise.present(enterprise.sign(**{member: header[member]})))


def test_a_changed_payload_is_refused(enterprise: Enterprise) -> None:
    header, _, signature = enterprise.assertion().split(".")
    payload = unsigned({}, enterprise.claims(email="bob@demo.local")).split(".")[1]
    assert_refused(enterprise.present(f"{header}.{payload}.{signature}"))


@pytest.mark.parametrize(
    "times",
    [
        {"exp": FromNow(-60), "iat": FromNow(-300)},
        {"exp": FromNow(4000)},
        {"exp": 2**53},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": -1},
        {"iat": None},
        {"iat": FromNow(300), "exp": FromNow(400)},
        {"iat": FromNow(-90000)},
        {"nbf": FromNow(300)},
        {"nbf": "x"},
    ],
)
def test_an_assertion_is_good_now_and_not_for_long(enterprise: Enterprise, times: dict[str, Any]) -> None:
    now = int(time.time())
    dated = {name: now + when if isinstance(when, FromNow) else when for name, when in times.items()}
    assert_refused(enterprise.present(enterprise.assertion(**dated)))


def test_clocks_may_differ_a_little(enterprise: Enterprise) -> None:
    now = int(time.time())
    for times in ({"exp": now - 10, "iat": now - 300}, {"iat": now + 10, "nbf": now + 10}):
        assert enterprise.present(enterprise.assertion(**times)).status_code == 200


@clause("ID-JAG-4.4.3")
def test_an_assertion_is_good_for_one_use(enterprise: Enterprise) -> None:
    assertion = enterprise.assertion()
    assert enterprise.present(assertion).status_code == 200
    again = enterprise.present(assertion)
    assert (refusal(again), again.json()["error_description"]) == (
        (400, "invalid_grant"),
        "The assertion was used before.",
    )
    assert AccessToken.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@clause("ID-JAG-4.4.3")
def test_of_twenty_uses_of_one_assertion_exactly_one_counts(enterprise: Enterprise) -> None:
    assertion = enterprise.assertion()
    statuses = sorted(response.status_code for response in all_at_once(lambda: enterprise.present(assertion)))
    assert statuses == [200] + [400] * 19
    assert AccessToken.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_assertions_at_once_make_one_connection(enterprise: Enterprise) -> None:
    assert {response.status_code for response in all_at_once(lambda: enterprise.present(enterprise.assertion()))} == {
        200
    }
    assert (Connection.objects.count(), AccessToken.objects.count()) == (1, 20)


@pytest.mark.parametrize("jti", [None, "", 7, "x" * 300, "nul\x00"])
def test_an_assertion_has_an_identifier(enterprise: Enterprise, jti: Any) -> None:
    assert_refused(enterprise.present(enterprise.assertion(jti=jti)))


def test_what_is_refused_is_not_used_up(enterprise: Enterprise) -> None:
    assertion = enterprise.assertion()
    assert refusal(enterprise.present(assertion, scope="project:create"))[1] == "invalid_scope"
    assert enterprise.present(assertion).status_code == 200


@pytest.mark.parametrize("issuer", ["https://other.example", f"{IDP}/", IDP.upper(), "", None, 7, "x" * 600, "nul\x00"])
def test_an_issuer_that_nobody_trusts_is_refused(enterprise: Enterprise, issuer: Any) -> None:
    assert_refused(enterprise.present(enterprise.assertion(iss=issuer)))


def test_an_issuer_that_staff_disabled_is_refused(enterprise: Enterprise) -> None:
    TrustedIssuer.objects.update(is_disabled=True)
    assert_refused(enterprise.present(enterprise.assertion()))


def test_an_issuer_speaks_with_the_apps_that_staff_named_only(enterprise: Enterprise) -> None:
    enterprise.issuer.clients.clear()
    assert_refused(enterprise.present(enterprise.assertion()))


@pytest.mark.parametrize("mine, theirs", [("", "t1"), ("t1", None), ("t1", "t2"), ("t1", 7), ("t1", "nul\x00")])
def test_another_tenant_of_the_same_issuer_is_another_enterprise(acme: Workspace, mine: str, theirs: Any) -> None:
    enterprise = make_enterprise(acme, tenant=mine)
    assert_refused(enterprise.present(enterprise.assertion(tenant=theirs)))


def test_the_tenant_that_staff_named_is_taken(acme: Workspace) -> None:
    enterprise = make_enterprise(acme, tenant="t1")
    assert enterprise.present(enterprise.assertion(tenant="t1")).status_code == 200


@clause("P-T6.6")
@pytest.mark.parametrize(
    "email", ["carol@demo.local", "nobody@demo.local", "", None, 7, "nul\x00@demo.local", "\ud800", "x" * 3000]
)
def test_an_issuer_speaks_for_the_people_of_its_workspace_only(enterprise: Enterprise, carol: User, email: Any) -> None:
    assert_refused(enterprise.present(enterprise.assertion(email=email)))


def test_whoever_left_the_workspace_gets_nothing(enterprise: Enterprise, bob: User) -> None:
    Membership.objects.filter(user=bob).delete()
    assert_refused(enterprise.present(enterprise.assertion(email=bob.email)))


def test_a_person_who_was_deactivated_gets_nothing(enterprise: Enterprise, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert_refused(enterprise.present(enterprise.assertion(email=bob.email)))


def test_an_address_that_was_not_confirmed_here_or_there_is_nobodys(enterprise: Enterprise, bob: User) -> None:
    assert_refused(enterprise.present(enterprise.assertion(email=bob.email, email_verified=False)))
    bob.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]
    assert_refused(enterprise.present(enterprise.assertion(email=bob.email)))


def test_a_service_is_nobodys_employee(enterprise: Enterprise, acme: Workspace) -> None:
    account = service(acme).client.service_account
    assert account is not None
    Connection.objects.all().delete()
    TrustedIssuer.objects.update(person_claim="sub_subject")
    assert_refused(enterprise.present(enterprise.assertion(sub=str(account.subject))))


@pytest.mark.parametrize("scope", ["", 7, ["project:read"], "nul\x00"])
def test_a_scope_that_is_no_text_is_refused(enterprise: Enterprise, scope: Any) -> None:
    assert_refused(enterprise.present(enterprise.assertion(scope=scope)))


@pytest.mark.parametrize("resource", [7, {"a": 1}, [7], "", "a b", "nul\x00"])
def test_a_resource_that_is_no_uri_is_refused(enterprise: Enterprise, resource: Any) -> None:
    assert_refused(enterprise.present(enterprise.assertion(resource=resource)))


@pytest.mark.parametrize(
    "raw", ["x", "a.b.c", "a.b", "a.b.c.d", "é.é.é", "..", "e30.e30.", "W10.W10.W10", "x" * 9000, "e30.MQ.x", " "]
)
def test_what_is_no_jwt_is_refused(enterprise: Enterprise, raw: str) -> None:
    assert_refused(enterprise.present(raw))


def test_deep_and_huge_assertions_are_refused(enterprise: Enterprise) -> None:
    header = {"alg": "ES256", "kid": "k1", "typ": "oauth-id-jag+jwt"}
    assert_refused(enterprise.present(unsigned(header, b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}")))
    assert_refused(enterprise.present(unsigned(header, json.dumps({"exp": 10**400}).encode())))
    assert_refused(enterprise.present(enterprise.assertion(filling="x" * 9000)))


def test_a_request_without_an_assertion_is_invalid(enterprise: Enterprise) -> None:
    assert_refused(enterprise.present(None), "invalid_request")


@clause("ID-JAG-8.1")
def test_a_client_that_proves_nothing_of_itself_brings_nothing(enterprise: Enterprise, acme: Workspace) -> None:
    client = builders.make_client()
    enterprise.issuer.clients.add(client)
    public_enterprise = Enterprise(client, "", enterprise.issuer)
    assert_refused(public_enterprise.present(public_enterprise.assertion()), "unauthorized_client")
    response = enterprise.present(enterprise.assertion(), client_secret="wrong")
    assert refusal(response) == (401, "invalid_client")
    Client.objects.filter(pk=enterprise.client.pk).update(is_disabled=True)
    assert refusal(enterprise.present(enterprise.assertion())) == (401, "invalid_client")
