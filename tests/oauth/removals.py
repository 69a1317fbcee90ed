"""The ways to get a token, and the ways to delete what it hangs off: all of them, each over its own door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.service_clients import arrange_service
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.crowd import fresh
from tests.oauth.devices import device_of
from tests.oauth.enterprises import make_enterprise
from tests.oauth.exchanges import make_gateway
from tests.oauth.journeys import BACKEND, Journey, make_secret_client, signed_in
from tests.web.people import prove, send


@dataclass(frozen=True, slots=True)
class Issue:
    """A token request that is ready to be sent: what it hangs off, and the sending."""

    client: Client
    person: User
    workspace: Workspace
    send: Callable[[], Any]


def refreshing(alice: User, acme: Workspace) -> Issue:
    """Return a refresh."""
    way = Journey(builders.make_client(), signed_in(alice))
    return Issue(
        way.client, alice, acme, partial(fresh(way).refresh, way.tokens({"workspace": "acme"})["refresh_token"])
    )


def redeeming(alice: User, acme: Workspace) -> Issue:
    """Return the redemption of a code."""
    way = Journey(builders.make_client(), signed_in(alice))
    return Issue(way.client, alice, acme, partial(fresh(way).redeem, way.code({"workspace": "acme"})))


def polling(alice: User, acme: Workspace) -> Issue:
    """Return the poll of a device whose person has said yes."""
    device = device_of(alice)
    device.begin()
    device.answer(workspace="acme")
    device.machine = Browser()
    return Issue(device.client, alice, acme, device.poll)


def serving(alice: User, acme: Workspace) -> Issue:
    """Return what a service sends that acts for itself; its person is its account."""
    client, raw_secret = make_secret_client(AuthMethod.POST)
    client.grant_types, client.service_workspace, client.service_role = ["client_credentials"], acme, RoleName.LABELER
    client.save()
    arrange_service(client)
    assert client.service_account is not None
    way = Journey(client, Browser(), raw_secret=raw_secret)
    return Issue(client, client.service_account, acme, partial(way.token, grant_type="client_credentials"))


def exchanging(alice: User, acme: Workspace) -> Issue:
    """Return an exchange; what it hangs off is the app that the subject token was issued to."""
    connection = builders.make_connection(alice, acme)
    gateway = make_gateway(serves_resource="mcp")
    return Issue(connection.client, alice, acme, partial(gateway.exchange, builders.make_token_of(connection)))


def asserting(alice: User, acme: Workspace) -> Issue:
    """Return the bringing of an assertion, in a connection that there is already."""
    enterprise = make_enterprise(acme)
    assert enterprise.present(enterprise.assertion()).status_code == 200
    return Issue(enterprise.client, alice, acme, partial(enterprise.present, enterprise.assertion()))


ISSUES: Mapping[str, Callable[[User, Workspace], Issue]] = {
    "refresh": refreshing,
    "code": redeeming,
    "device": polling,
    "service": serving,
    "exchange": exchanging,
    "assertion": asserting,
}


def client_by_itself(issue: Issue) -> Callable[[], Any]:
    """Return the deletion of the client with its registration token."""
    raw_token = make_secret(SecretKind.REGISTRATION_TOKEN)
    Client.objects.filter(pk=issue.client.pk).update(registration_token_hash=hash_secret(raw_token))
    path, headers = f"/oauth/register/{issue.client.client_id}", {"Authorization": f"Bearer {raw_token}"}
    return lambda: Browser().delete(path, headers=headers)


def workspace_by_its_owner(issue: Issue) -> Callable[[], Any]:
    """Return the deletion of the workspace on the owner's page."""
    browser = signed_in(User.objects.get(memberships__workspace=issue.workspace, memberships__role=RoleName.OWNER))
    prove(browser, "/w/acme/delete")
    return lambda: send(browser, "/w/acme/delete", "/w/acme/delete", slug="acme")


def by_staff(name: str, row: str, issue: Issue) -> Callable[[], Any]:
    """Return a deletion on the page of Django admin, of the `row` of `issue`."""
    staff, _ = User.objects.get_or_create(email="desk@demo.local", is_staff=True, is_superuser=True)
    browser = Browser()
    browser.force_login(staff, BACKEND)
    address = reverse(f"admin:{name}_delete", args=[getattr(issue, row).pk])
    return lambda: browser.post(address, {"post": "yes"})


DELETIONS: Mapping[str, Callable[[Issue], Callable[[], Any]]] = {
    "client by itself": client_by_itself,
    "client by staff": partial(by_staff, "oauth_client", "client"),
    "workspace by its owner": workspace_by_its_owner,
    "workspace by staff": partial(by_staff, "workspaces_workspace", "workspace"),
    "person by staff": partial(by_staff, "accounts_user", "person"),
}
