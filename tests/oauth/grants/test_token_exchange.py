"""Token exchange: a service behind an app gets a short, narrower token that dies with the one it stands on (P-T6.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AccessToken, Client
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.exchanges import ACCESS_TOKEN, Gateway, is_live, make_gateway
from tests.oauth.journeys import ISSUER, Journey
from tests.support.statements import at_most

SCOPES = "project:read image:read offline_access"


@pytest.fixture
def gateway(db: None) -> Gateway:
    """Return the resource server of /mcp, which may exchange tokens."""
    return make_gateway(serves_resource="mcp", name="Gateway")


@pytest.fixture
def subject(journey: Journey) -> str:
    """Return the token that Alice's app got."""
    return str(journey.tokens(scope=SCOPES)["access_token"])


def error_of(response: Any) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return response.status_code, response.json()["error"]


@clause("P-T6.5", "RFC8693-2.2.1")
def test_a_resource_server_gets_a_short_token_for_one_that_it_was_handed(gateway: Gateway, subject: str) -> None:
    answer = gateway.exchange(subject, scope="project:read").json()
    assert {name: answer[name] for name in ("token_type", "issued_token_type", "scope")} == {
        "token_type": "Bearer",
        "issued_token_type": ACCESS_TOKEN,
        "scope": "project:read",
    }
    assert 290 <= answer["expires_in"] <= 300
    assert "refresh_token" not in answer
    assert is_live(answer["access_token"])


@clause("P-R2.4", "RFC8693-4.1", "P-T6.5")
def test_introspection_names_who_acts_for_whom(gateway: Gateway, subject: str, alice: User, journey: Journey) -> None:
    derived = gateway.exchange(subject, scope="project:read").json()["access_token"]
    described, original = gateway.introspect(derived), gateway.introspect(subject)
    assert described["act"] == {"sub": gateway.client_id}
    assert described["client_id"] == gateway.client_id
    assert (described["sub"], described["workspace"]) == (str(alice.subject), "acme")
    assert (described["aud"], described["scope"]) == (f"{ISSUER}/mcp", "project:read")
    assert described["exp"] <= original["exp"]
    assert "act" not in original
    assert original["client_id"] == journey.client.client_id


def test_without_a_scope_it_carries_what_the_subject_token_can_do_and_nothing_to_refresh_with(
    gateway: Gateway, subject: str
) -> None:
    assert gateway.exchange(subject).json()["scope"] == "image:read project:read"


def test_a_client_exchanges_a_token_of_its_own(journey: Journey, alice: User, acme: Workspace) -> None:
    app = make_gateway(redirect_uris="http://127.0.0.1/callback")
    own = app.journey(alice).tokens(scope=SCOPES)["access_token"]
    assert is_live(app.exchange(own, scope="image:read").json()["access_token"])


@pytest.mark.parametrize(
    "scope, granted", [("project:read image:create", "project:read"), ("image:read nonsense", "image:read")]
)
def test_scopes_beyond_the_subject_tokens_are_left_out(
    gateway: Gateway, subject: str, scope: str, granted: str
) -> None:
    assert gateway.exchange(subject, scope=scope).json()["scope"] == granted


@clause("P-T6.5")
def test_nothing_is_widened(gateway: Gateway, subject: str) -> None:
    assert error_of(gateway.exchange(subject, scope="project:create")) == (400, "invalid_scope")
    Client.objects.filter(pk=gateway.client.pk).update(scope_ceiling="image:read")
    assert gateway.exchange(subject).json()["scope"] == "image:read"
    assert error_of(gateway.exchange(subject, scope="project:read")) == (400, "invalid_scope")


def test_what_the_role_can_not_use_now_is_not_passed_on(gateway: Gateway, bobs_journey: Journey, bob: User) -> None:
    bob.memberships.update(role=RoleName.ADMIN)
    token = bobs_journey.tokens(scope="project:read project:create")["access_token"]
    bob.memberships.update(role=RoleName.LABELER)
    assert gateway.exchange(token).json()["scope"] == "project:read"
    assert error_of(gateway.exchange(token, scope="project:create")) == (400, "invalid_scope")


@pytest.mark.parametrize("name", ["resource", "audience"])
def test_the_target_may_be_named_as_everywhere(gateway: Gateway, subject: str, name: str) -> None:
    for spelling in (f"{ISSUER}/mcp", f"{ISSUER}/mcp/", ISSUER, "HTTP://TESTSERVER:80/mcp"):
        assert gateway.exchange(subject, **{name: spelling}).status_code == 200
    for other in (f"{ISSUER}/api/v1", "https://elsewhere.example", "gateway", "\\"):
        assert error_of(gateway.exchange(subject, **{name: other})) == (400, "invalid_target")


def test_resource_and_audience_must_agree(gateway: Gateway, subject: str) -> None:
    both = {"resource": f"{ISSUER}/mcp", "audience": f"{ISSUER}/api/v1"}
    assert error_of(gateway.exchange(subject, **both)) == (400, "invalid_target")


def test_a_client_that_may_not_ask_for_the_resource_gets_nothing(gateway: Gateway, subject: str) -> None:
    Client.objects.filter(pk=gateway.client.pk).update(resources=["api"])
    assert error_of(gateway.exchange(subject)) == (400, "invalid_target")


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_token_type": None},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:id-jag"},
        {"actor_token": "rfoa_x"},
        {"actor_token_type": ACCESS_TOKEN},
        {"subject_token": None},
        {"subject_token": "rfoa_" + "a" * 49},
        {"subject_token": "x" * 9000},
        {"subject_token": "nul\x00"},
    ],
)
@clause("RFC8693-2.2.2")
def test_what_is_not_supported_is_an_invalid_request(gateway: Gateway, subject: str, changes: dict[str, Any]) -> None:
    assert error_of(gateway.exchange(subject, **changes)) == (400, "invalid_request")


@clause("P-T6.5", "RFC8693-2.2.2")
def test_a_token_that_is_not_the_clients_business_is_no_subject(
    gateway: Gateway, subject: str, journey: Journey, acme: Workspace
) -> None:
    stranger, other = make_gateway(), make_gateway(serves_resource="api")
    for client in (stranger, other):
        assert error_of(client.exchange(subject)) == (400, "invalid_request")
    tokens = journey.tokens(scope=SCOPES)
    assert error_of(gateway.exchange(tokens["refresh_token"])) == (400, "invalid_request")


@clause("P-T6.5")
def test_only_clients_that_staff_flagged_and_that_prove_themselves_exchange(subject: str, journey: Journey) -> None:
    unflagged = make_gateway(serves_resource="mcp", may_exchange=False)
    assert error_of(unflagged.exchange(subject)) == (400, "unauthorized_client")
    Client.objects.filter(pk=journey.client.pk).update(may_exchange=True, serves_resource="mcp")
    public = Gateway(journey.client, "")
    assert error_of(public.exchange(subject)) == (400, "unauthorized_client")
    flagged = make_gateway(serves_resource="mcp")
    assert error_of(flagged.exchange(subject, client_secret="wrong")) == (401, "invalid_client")
    Client.objects.filter(pk=flagged.client.pk).update(grant_types=[])
    assert flagged.exchange(subject).status_code == 200


def test_a_dead_token_is_no_subject(gateway: Gateway, subject: str) -> None:
    AccessToken.objects.update(expires=timezone.now())
    assert error_of(gateway.exchange(subject)) == (400, "invalid_request")


def test_a_token_that_ends_soon_is_exchanged_for_one_that_ends_then(gateway: Gateway, subject: str) -> None:
    ends_at = timezone.now() + timedelta(seconds=40)
    AccessToken.objects.update(expires=ends_at)
    answer = gateway.exchange(subject).json()
    assert answer["expires_in"] <= 40
    assert AccessToken.objects.get(parent__isnull=False).expires == ends_at


def test_the_clients_own_lifetime_is_kept_when_it_is_shorter(gateway: Gateway, subject: str) -> None:
    Client.objects.filter(pk=gateway.client.pk).update(access_token_seconds=60)
    assert gateway.exchange(subject).json()["expires_in"] == 60
    Client.objects.filter(pk=gateway.client.pk).update(access_token_seconds=6000)
    assert gateway.exchange(subject).json()["expires_in"] == 300


@clause("P-T6.5")
def test_the_record_names_the_client_that_acts(gateway: Gateway, subject: str, journey: Journey, alice: User) -> None:
    gateway.exchange(subject, scope="project:read")
    event = AuditEvent.objects.get(action="exchange_token")
    assert (event.client_id, event.client_name) == (gateway.client_id, "Gateway")
    assert (event.actor_email, event.workspace, event.target) == (alice.email, "acme", journey.client.client_id)
    assert event.session_id == AccessToken.objects.get(parent__isnull=False).session_id


def test_no_log_has_a_token(gateway: Gateway, subject: str, capfd: pytest.CaptureFixture[str]) -> None:
    derived = gateway.exchange(subject).json()["access_token"]
    gateway.exchange("rfoa_" + "b" * 49)
    logged = "".join(capfd.readouterr())
    assert subject not in logged
    assert derived not in logged
    assert not [event for event in AuditEvent.objects.values_list("detail", flat=True) if "rfoa_" in event]


def test_an_exchange_takes_six_statements(gateway: Gateway, subject: str) -> None:
    with at_most(6):
        assert gateway.exchange(subject).status_code == 200


def test_chains_nest_and_end_at_three(gateway: Gateway, subject: str) -> None:
    second, third = make_gateway(serves_resource="mcp"), make_gateway(serves_resource="mcp")
    token = subject
    for client in (gateway, second, third):
        token = client.exchange(token).json()["access_token"]
    act = gateway.introspect(token)["act"]
    assert act == {"sub": third.client_id, "act": {"sub": second.client_id, "act": {"sub": gateway.client_id}}}
    assert error_of(gateway.exchange(token)) == (400, "invalid_request")
