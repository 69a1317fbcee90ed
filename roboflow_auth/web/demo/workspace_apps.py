"""The demo's apps of Acme: what Bob connected, what it annotated, and an app that Alice blocked."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE, Level, scopes_of_level
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.images.models import Image
from roboflow_auth.oauth.connections import Parties, allow_connection
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.oauth.workspace_apps.decisions import block_app
from roboflow_auth.oauth.workspace_apps.identity import hash_key, keys_of
from roboflow_auth.web.demo.history import Call, write_call
from roboflow_auth.workspaces.models import Membership, Workspace

_CURSOR = ("Cursor", "http://localhost:8787/callback")
_ADDRESS = "198.51.100.23"
_PILOT = ("Prompt Pilot", "https://pilot.example/oauth/callback")


def seed_apps(admin: Principal, bob: User, workspace: Workspace, annotated: list[Image]) -> None:
    """Connect an app for Bob that annotated images, and block another one that he had connected."""
    # Or what he allowed before he joined would not count (P-G4).
    Membership.objects.filter(user=bob, workspace=workspace).update(joined_at=timezone.now() - timedelta(days=30))
    cursor = _connect(bob, workspace, *_CURSOR, scopes=scopes_of_level(Level.LABEL), days_ago=6)
    for number, image in enumerate(annotated):
        _write_annotating(cursor, image, 94 - 6 * number)
    pilot = _connect(bob, workspace, *_PILOT, scopes=frozenset(BASELINE), days_ago=11)
    block_app(admin, hash_key(keys_of(pilot.client, pilot.redirect_uri)[0]))


def _connect(
    user: User, workspace: Workspace, name: str, redirect_uri: str, *, scopes: frozenset[str], days_ago: int
) -> Connection:
    parties = Parties(user, _client(name, redirect_uri), redirect_uri, Resource.MCP)
    now = timezone.now()
    connection = allow_connection(
        parties, workspace, offered=scopes, chosen=scopes, expires_at=now + timedelta(days=90), shown_metadata={}
    )
    connection.created_at, connection.last_used_at = now - timedelta(days=days_ago), now - timedelta(minutes=80)
    connection.save(update_fields=["created_at", "last_used_at"])
    return connection


def _client(name: str, redirect_uri: str) -> Client:
    client: Client = Client.objects.create(
        name=name,
        redirect_uris=redirect_uri,
        registration_source=Client.RegistrationSource.DCR,
        client_type=Client.CLIENT_PUBLIC,
        authorization_grant_type=Client.GRANT_AUTHORIZATION_CODE,
    )
    return client


def _write_annotating(connection: Connection, image: Image, minutes_ago: int) -> None:
    project, target = image.project.wire_id, f"{image.project.wire_id}/{image.public_id}"
    for call in (
        Call(minutes_ago + 2, "images_search", Action.VIEW_IMAGE, project, 13),
        Call(minutes_ago + 1, "images_get", Action.VIEW_IMAGE, target, 6),
        # No tool annotates yet; what an app changed is shown with the image all the same.
        Call(minutes_ago, "", Action.ANNOTATE_IMAGE, target, 24),
    ):
        write_call(connection, call, _ADDRESS)
