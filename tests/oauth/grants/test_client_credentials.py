"""The client credentials grant: a service acts for itself, in one workspace, with one role (P-T6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AuthMethod, Client, Connection, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.oauth.service_clients import arrange_service, retire_service
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey, make_secret_client
from tests.oauth.registrations import LOOPBACK, metadata, registered
from tests.support.statements import remembered_at_most


def service(workspace: Workspace | None, role: str = RoleName.LABELER, **fields: Any) -> Journey:
    """Return a client that acts for itself in `workspace`."""
    client, raw_secret = make_secret_client(AuthMethod.POST)
    changes = {"grant_types": ["client_credentials"], "service_workspace": workspace, "service_role": role, **fields}
    for name, value in changes.items():
        setattr(client, name, value)
    client.save()
    arrange_service(client)
    return Journey(client, Browser(), raw_secret=raw_secret)


def ask(journey: Journey, **parameters: str) -> Any:
    """Ask for a token."""
    return journey.token(grant_type="client_credentials", **parameters)


@clause("P-T6.2", "RFC6749-4.4.3")
def test_a_service_gets_a_token_for_its_workspace_and_its_role(acme: Workspace) -> None:
    answer = ask(service(acme)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert "refresh_token" not in answer
    assert set(answer["scope"].split()) == WORKSPACE_SCOPES
    principal = find_principal(answer["access_token"], Resource.MCP)
    assert principal is not None
    assert (principal.workspace, principal.role) == ("acme", "labeler")
    assert Action.CREATE_PROJECT not in principal.actions
    assert AuditEvent.objects.get(action="issue_token").actor_email.endswith("@service.invalid")


def test_a_service_asks_for_less_and_for_the_other_resource(acme: Workspace) -> None:
    journey = service(acme)
    answer = ask(journey, scope="project:read nonsense", resource=f"{ISSUER}/api/v1").json()
    assert answer["scope"] == "project:read"
    assert find_principal(answer["access_token"], Resource.API) is not None
    assert find_principal(answer["access_token"], Resource.MCP) is None
    assert ask(journey, scope="nonsense").json()["error"] == "invalid_scope"
    assert ask(journey, resource="https://elsewhere.example").json()["error"] == "invalid_target"


def test_the_ceiling_and_the_resources_of_the_client_hold(acme: Workspace) -> None:
    journey = service(acme, scope_ceiling="project:read", resources=["mcp"])
    assert ask(journey).json()["scope"] == "project:read"
    assert ask(journey, resource=f"{ISSUER}/api/v1").json()["error"] == "invalid_target"


def test_a_token_takes_three_statements(acme: Workspace) -> None:
    journey = service(acme)
    with remembered_at_most(3):
        assert ask(journey).status_code == 200


@pytest.mark.parametrize("secret", ["", "rfcs_wrong"])
def test_without_its_secret_a_service_gets_nothing(acme: Workspace, secret: str) -> None:
    journey = service(acme)
    response = ask(journey, client_secret=secret)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_public_client_can_not_act_for_itself(acme: Workspace) -> None:
    client = builders.make_client(
        grant_types=["client_credentials"], service_workspace=acme, service_role=RoleName.ADMIN
    )
    arrange_service(client)
    assert ask(Journey(client, Browser())).json()["error"] == "unauthorized_client"


@clause("P-T6.3")
def test_nobody_registers_this_grant_for_themselves(db: None) -> None:
    members = registered(metadata("Sly", LOOPBACK, grant_types=["authorization_code", "client_credentials"]))
    assert members["grant_types"] == ["authorization_code"]
    client = Client.objects.get()
    assert ask(Journey(client, Browser())).json()["error"] == "unauthorized_client"


def test_a_client_that_was_given_no_workspace_gets_nothing(db: None) -> None:
    assert ask(service(None)).json()["error"] == "unauthorized_client"


def test_revoking_a_token_ends_the_services_session_and_it_begins_another(acme: Workspace) -> None:
    journey = service(acme)
    tokens = [ask(journey).json()["access_token"] for _ in range(2)]
    assert journey.post("/oauth/revoke", token=tokens[0]).status_code == 200
    assert [find_principal(token, Resource.MCP) for token in tokens] == [None, None]
    assert find_principal(ask(journey).json()["access_token"], Resource.MCP) is not None


@pytest.mark.parametrize("ending", ["disabled", "connection", "membership", "account", "retired", "grant"])
def test_whatever_ends_the_service_ends_its_tokens_at_once_and_it_gets_no_new_one(acme: Workspace, ending: str) -> None:
    journey = service(acme)
    token = ask(journey).json()["access_token"]
    client = journey.client
    if ending == "disabled":
        Client.objects.update(is_disabled=True)
    elif ending == "connection":
        Connection.objects.update(revoked_at="2026-01-01T00:00Z")
    elif ending == "membership":
        Membership.objects.filter(user=client.service_account).delete()
    elif ending == "account":
        User.objects.filter(service_client=client).update(is_active=False)
    elif ending == "retired":
        retire_service(client)
    else:
        client.grant_types = ["authorization_code"]
        client.save()
        arrange_service(client)
    assert find_principal(token, Resource.MCP) is None
    assert ask(journey).json()["error"] in {"invalid_client", "unauthorized_client"}


def test_a_service_that_moves_acts_in_the_new_workspace_only(acme: Workspace, carol: User) -> None:
    journey = service(acme)
    before = ask(journey).json()["access_token"]
    journey.client.service_workspace = Workspace.objects.get(slug="carol")
    journey.client.service_role = RoleName.VIEWER
    journey.client.save()
    arrange_service(journey.client)
    assert find_principal(before, Resource.MCP) is None
    principal = find_principal(ask(journey).json()["access_token"], Resource.MCP)
    assert principal is not None
    assert (principal.workspace, principal.role) == ("carol", "viewer")


def test_arranging_a_service_again_changes_nothing(acme: Workspace) -> None:
    journey = service(acme)
    token = ask(journey).json()["access_token"]
    arrange_service(journey.client)
    assert find_principal(token, Resource.MCP) is not None
    assert (Connection.objects.count(), Session.objects.count()) == (2, 2)


@clause("RFC9700-4.15")
def test_nobody_signs_in_as_a_service(acme: Workspace) -> None:
    journey = service(acme)
    account = journey.client.service_account
    assert account is not None
    assert not account.has_usable_password()
    assert not account.is_staff
