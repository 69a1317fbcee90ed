"""Trusted issuers in Django admin: staff say whose assertions count, and take it back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AuthMethod, Client, TrustedIssuer
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.admin.desk import list_of, page_of, save
from tests.oauth.assertions import KEY, OTHER_KEY, public
from tests.oauth.enterprises import IDP, Enterprise, make_enterprise
from tests.oauth.exchanges import is_live
from tests.oauth.journeys import make_secret_client
from tests.support.documents import DocumentServer, answer, make_authority, running_document_server


@pytest.fixture
def documents(tmp_path: Path, settings: Any) -> Iterator[DocumentServer]:
    """Return a server for key sets that is trusted and within reach."""
    authority = make_authority(tmp_path)
    settings.CIMD_EXTRA_CA_FILE = str(authority.ca_file)
    settings.CIMD_ALLOW_LOOPBACK = True
    with running_document_server(authority) as running:
        yield running


def send(desk: Browser, where: Workspace, known: TrustedIssuer | None = None, /, **changes: Any) -> Any:
    """Send the form of a new issuer for `where`, or of a `known` one."""
    form = {
        "name": "Acme",
        "issuer": IDP,
        "tenant": "",
        "workspace": where.pk,
        "clients": list(Client.objects.values_list("pk", flat=True)),
        "person_claim": "email",
        "scope_ceiling": [],
        "pinned_keys": json.dumps(public(KEY)),
        "jwks_uri": "",
        **changes,
    }
    address = page_of(known) if known else reverse("admin:oauth_trustedissuer_add")
    return desk.post(address, {name: value for name, value in form.items() if value is not None}, follow=True)


def test_staff_trust_an_issuer_and_its_assertion_counts(desk: Browser, acme: Workspace) -> None:
    client, raw_secret = make_secret_client(AuthMethod.POST)
    send(desk, acme)
    enterprise = Enterprise(client, raw_secret, TrustedIssuer.objects.get())
    assert is_live(enterprise.token())
    event = AuditEvent.objects.get(action="add_trusted_issuer")
    assert event.actor_email == "staff@demo.local"
    assert event.detail.startswith(IDP)
    for address in (list_of("trustedissuer"), page_of(enterprise.issuer)):
        assert desk.get(address, {"q": "acme"}).status_code == 200


def test_keys_are_fetched_when_the_issuer_is_saved(desk: Browser, acme: Workspace, documents: DocumentServer) -> None:
    client, raw_secret = make_secret_client(AuthMethod.POST)
    jwks_uri = documents.serve("/keys.json", answer(json.dumps(public(KEY)).encode()))
    send(desk, acme, pinned_keys="", jwks_uri=jwks_uri)
    issuer = TrustedIssuer.objects.get()
    assert issuer.fetched_keys[0]["kid"] == "k1"
    assert is_live(Enterprise(client, raw_secret, issuer).token())
    assert documents.requests == ["/keys.json"]
    send(desk, acme, issuer, pinned_keys=json.dumps(public(OTHER_KEY)), jwks_uri="")
    issuer.refresh_from_db()
    assert (issuer.fetched_keys, issuer.keys_expire_at) == ([], None)


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"issuer": "http://idp.acme.example"}, "issuer"),
        ({"issuer": "https://idp.acme.example?x=1"}, "issuer"),
        ({"issuer": ""}, "issuer"),
        ({"workspace": ""}, "workspace"),
        ({"pinned_keys": ""}, "jwks_uri"),
        ({"jwks_uri": "https://idp.acme.example/keys"}, "jwks_uri"),
        ({"pinned_keys": "", "jwks_uri": "https://127.0.0.1/keys"}, "jwks_uri"),
        ({"pinned_keys": "", "jwks_uri": "http://idp.acme.example/keys"}, "jwks_uri"),
        ({"pinned_keys": '{"keys": []}'}, "pinned_keys"),
        ({"pinned_keys": KEY.export_private()}, "pinned_keys"),
        ({"person_claim": "name"}, "person_claim"),
        ({"scope_ceiling": ["everything"]}, "scope_ceiling"),
    ],
)
def test_what_can_not_be_trusted_is_refused_where_it_stands(
    desk: Browser, acme: Workspace, changes: dict[str, Any], field: str
) -> None:
    response = send(desk, acme, **changes)
    assert field in response.context["adminform"].form.errors
    assert not TrustedIssuer.objects.exists()


def test_an_app_that_proves_nothing_of_itself_can_not_be_named(desk: Browser, acme: Workspace) -> None:
    builders.make_client()
    assert "clients" in send(desk, acme).context["adminform"].form.errors


@pytest.mark.parametrize("change", [{"is_disabled": "on"}, {"clients": None}])
def test_what_staff_take_back_ends_at_once(desk: Browser, acme: Workspace, change: dict[str, Any]) -> None:
    enterprise = make_enterprise(acme)
    token = enterprise.token()
    send(desk, acme, enterprise.issuer, **change)
    assert not is_live(token)
    assert enterprise.present(enterprise.assertion()).status_code == 400


@pytest.mark.parametrize("way", ["page", "list"])
def test_an_issuer_that_is_deleted_takes_what_it_granted_along(desk: Browser, acme: Workspace, way: str) -> None:
    enterprise = make_enterprise(acme)
    token = enterprise.token()
    if way == "page":
        desk.post(reverse("admin:oauth_trustedissuer_delete", args=[enterprise.issuer.pk]), {"post": "yes"})
    else:
        form = {"action": "delete_selected", "_selected_action": [enterprise.issuer.pk], "post": "yes"}
        desk.post(list_of("trustedissuer"), form)
    assert not TrustedIssuer.objects.exists()
    assert not is_live(token)
    assert AuditEvent.objects.filter(action="delete_trusted_issuer", detail=IDP).exists()


def test_staff_let_an_app_exchange_tokens_only_if_it_proves_who_it_is(desk: Browser) -> None:
    response = save(desk, may_exchange="on")
    assert "may_exchange" in response.context["adminform"].form.errors
    save(desk, may_exchange="on", auth_method="client_secret_basic")
    assert Client.objects.get().may_exchange


def test_grants_that_staff_allow_elsewhere_are_not_ticked(desk: Browser) -> None:
    page = desk.get(reverse("admin:oauth_client_add")).content.decode()
    assert "client_credentials" in page
    assert "grant-type:token-exchange" not in page
    assert "grant-type:jwt-bearer" not in page


def test_staff_see_who_granted_a_connection(desk: Browser, acme: Workspace) -> None:
    enterprise = make_enterprise(acme, name="Acme Corporation")
    enterprise.token()
    assert "Acme Corporation" in desk.get(page_of(enterprise.issuer.connections.get())).content.decode()
