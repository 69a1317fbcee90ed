"""What ends a token that was exchanged for another, on every door; and what does not (P-T6.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AccessToken, Client, Connection, Session
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.mcp_server.client import McpClient
from tests.oauth.exchanges import Gateway, is_live, make_gateway
from tests.oauth.journeys import ISSUER, Journey, signed_in
from tests.support.statements import at_most


@pytest.fixture
def gateway(db: None) -> Gateway:
    """Return the resource server of /mcp, which may exchange tokens."""
    return make_gateway(serves_resource="mcp", name="Gateway")


@pytest.fixture
def second(db: None) -> Gateway:
    """Return what stands behind the gateway."""
    return make_gateway(serves_resource="mcp", name="Second")


def disconnect() -> None:
    Connection.objects.update(revoked_at=timezone.now())


def end_session() -> None:
    Session.objects.update(ended_at=timezone.now())


def disable_the_app() -> None:
    Client.objects.filter(may_exchange=False).update(is_disabled=True)


def disable_the_gateway() -> None:
    Client.objects.filter(name="Gateway").update(is_disabled=True)


def take_the_flag_back() -> None:
    Client.objects.filter(name="Gateway").update(may_exchange=False)


def revoke_the_parent() -> None:
    AccessToken.objects.filter(parent__isnull=True).update(revoked_at=timezone.now())


def deactivate_the_person() -> None:
    User.objects.update(is_active=False)


def leave_the_workspace() -> None:
    Workspace.objects.get(slug="acme").memberships.all().delete()


@clause("P-T6.5")
@pytest.mark.parametrize(
    "ending",
    [
        disconnect,
        end_session,
        disable_the_app,
        disable_the_gateway,
        take_the_flag_back,
        revoke_the_parent,
        deactivate_the_person,
        leave_the_workspace,
    ],
)
def test_whatever_ends_what_it_stands_on_ends_it_and_all_that_stands_on_it(
    journey: Journey, gateway: Gateway, second: Gateway, ending: Callable[[], None]
) -> None:
    subject = journey.tokens()["access_token"]
    derived = gateway.exchange(subject).json()["access_token"]
    further = second.exchange(derived).json()["access_token"]
    assert is_live(derived)
    assert is_live(further)
    ending()
    assert not is_live(derived)
    assert not is_live(further)
    assert second.introspect(further) == {"active": False}


@pytest.mark.django_db(transaction=True)
@clause("P-T6.5")
def test_it_is_dead_at_both_doors_of_its_resource(journey: Journey, gateway: Gateway, mcp: McpClient) -> None:
    code = journey.code(resource=f"{ISSUER}/api/v1", scope=" ".join(WORKSPACE_SCOPES))
    for_api = journey.redeem(code, resource=f"{ISSUER}/api/v1").json()["access_token"]
    at_mcp = gateway.exchange(journey.tokens()["access_token"]).json()["access_token"]
    at_api = make_gateway(serves_resource="api").exchange(for_api).json()["access_token"]
    assert [mcp_status(mcp, at_mcp), api_status(at_api)] == [200, 200]
    assert [mcp_status(mcp, at_api), api_status(at_mcp)] == [401, 401]
    AccessToken.objects.filter(parent__isnull=True).update(revoked_at=timezone.now())
    assert [mcp_status(mcp, at_mcp), api_status(at_api)] == [401, 401]


def mcp_status(mcp: McpClient, token: str) -> int:
    return mcp.call("workspace_get", token=token).status_code


def api_status(token: str) -> int:
    return int(Browser().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code)


@pytest.mark.django_db(transaction=True)
def test_a_call_with_it_is_on_record_under_the_client_that_made_it(
    journey: Journey, gateway: Gateway, mcp: McpClient
) -> None:
    derived = gateway.exchange(journey.tokens()["access_token"]).json()["access_token"]
    mcp.call("workspace_get", token=derived)
    event = AuditEvent.objects.get(tool="workspace_get")
    assert (event.client_id, event.client_name) == (gateway.client_id, "Gateway")
    assert event.connection_id == Connection.objects.get().pk


def test_it_follows_the_persons_role(bobs_journey: Journey, bob: User, gateway: Gateway) -> None:
    bob.memberships.update(role=RoleName.ADMIN)
    derived = gateway.exchange(bobs_journey.tokens(scope="project:read project:create")["access_token"]).json()
    assert derived["scope"] == "project:create project:read"
    bob.memberships.update(role=RoleName.LABELER)
    assert gateway.introspect(derived["access_token"])["scope"] == "project:read"


def test_the_middle_of_a_chain_takes_along_only_what_stands_on_it(
    journey: Journey, gateway: Gateway, second: Gateway
) -> None:
    subject = journey.tokens()["access_token"]
    derived = gateway.exchange(subject).json()["access_token"]
    further = second.exchange(derived).json()["access_token"]
    AccessToken.objects.filter(parent__isnull=False, parent__parent__isnull=True).update(revoked_at=timezone.now())
    assert [is_live(token) for token in (subject, derived, further)] == [True, False, False]


@clause("P-R1.4")
def test_who_made_it_revokes_it_alone(journey: Journey, gateway: Gateway, second: Gateway) -> None:
    subject = journey.tokens()["access_token"]
    derived = gateway.exchange(subject).json()["access_token"]
    further = second.exchange(derived).json()["access_token"]
    for _ in range(2):
        assert gateway.post("/oauth/revoke", token=derived).status_code == 200
    assert [is_live(token) for token in (subject, derived, further)] == [True, False, False]
    event = AuditEvent.objects.get(action="revoke_access_token")
    assert (event.client_id, event.reason) == (gateway.client_id, "revoked_by_client")


def test_a_gateway_can_not_revoke_the_token_that_it_was_handed(journey: Journey, gateway: Gateway) -> None:
    subject = journey.tokens()["access_token"]
    gateway.post("/oauth/revoke", token=subject)
    assert is_live(subject)


def test_it_dies_with_a_parent_that_refreshing_buried(journey: Journey, gateway: Gateway, settings: Any) -> None:
    settings.REFRESH_REPLAY_SECONDS = 0
    first = journey.tokens(scope="project:read offline_access")
    unused = journey.refresh(first["refresh_token"]).json()
    derived = gateway.exchange(unused["access_token"]).json()["access_token"]
    assert journey.refresh(first["refresh_token"]).status_code == 200
    assert not is_live(unused["access_token"])
    assert not is_live(derived)


def test_the_session_goes_on_when_an_exchanged_token_runs_out(journey: Journey, gateway: Gateway) -> None:
    subject = journey.tokens()["access_token"]
    derived = gateway.exchange(subject).json()["access_token"]
    AccessToken.objects.filter(parent__isnull=False).update(expires=timezone.now())
    assert is_live(subject)
    assert not is_live(derived)


def test_the_app_that_was_asked_reads_nothing_about_what_others_made_of_its_token(
    gateway: Gateway, alice: User, acme: Workspace
) -> None:
    app = make_gateway(redirect_uris="http://127.0.0.1/callback")
    subject = Journey(app.client, signed_in(alice), raw_secret=app.raw_secret).tokens()["access_token"]
    derived = gateway.exchange(subject).json()["access_token"]
    assert app.introspect(subject)["active"] is True
    assert app.introspect(derived) == {"active": False}


def test_a_use_takes_one_statement_more_than_that_of_another_token(journey: Journey, gateway: Gateway) -> None:
    subject = journey.tokens()["access_token"]
    derived = gateway.exchange(subject).json()["access_token"]
    assert is_live(derived)
    with at_most(1):
        assert is_live(subject)
    with at_most(2):
        assert is_live(derived)
