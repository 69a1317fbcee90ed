"""The demo's connected apps: what Alice lent them, from where she uses them, and what they did for her lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE, Level, scopes_of_level
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.connections import Parties, allow_connection
from roboflow_auth.oauth.models import AccessToken, Client, Connection, RefreshToken, Session
from roboflow_auth.web.demo.history import Call, write_call
from roboflow_auth.workspaces.models import Membership

_PROJECT = "acme/warehouse-shelves"
_ADDRESS = "203.0.113.24"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an app that was signed in: how many hours ago it was allowed, and used last."""

    label: str
    device: str
    address: str
    allowed: float
    used: float


_COPIES = (
    Copy("", "Chrome · macOS", _ADDRESS, 216, 0.4),
    Copy("Office desktop", "Firefox · Linux", "198.51.100.7", 49, 26),
)
_CALLS = (
    Call(2900, "workspace_get", Action.VIEW_WORKSPACE, "acme", 4),
    Call(2898, "projects_list", Action.VIEW_PROJECT, "", 9),
    Call(1570, "projects_get", Action.VIEW_PROJECT, _PROJECT, 6),
    Call(1568, "images_search", Action.VIEW_IMAGE, _PROJECT, 14),
    Call(1561, "images_search", Action.VIEW_IMAGE, "acme/pallets", 3, "not_found"),
    Call(31, "projects_list", Action.VIEW_PROJECT, "", 8),
    Call(29, "images_search", Action.VIEW_IMAGE, _PROJECT, 12),
    Call(27, "projects_delete", Action.DELETE_PROJECT, _PROJECT, 2, "missing_scope"),
    Call(24, "images_get", Action.VIEW_IMAGE, _PROJECT, 5),
)


def connect_apps(member: Membership) -> None:
    """Connect two apps for `member`, whose person and workspace are loaded: a known one, and one that only read."""
    # Or what they allowed before they joined would not count (P-G4).
    member.joined_at = timezone.now() - timedelta(days=30)
    member.save(update_fields=["joined_at"])
    counter = _connect(member, "Shelf counter", "http://127.0.0.1/callback", None, days=30)
    _sign_in(counter, Copy("", "Chrome · macOS", _ADDRESS, 75, 70))
    write_call(counter, Call(4200, "workspace_get", Action.VIEW_WORKSPACE, "acme", 5), _ADDRESS)
    claude = _connect(member, "Claude", "https://claude.ai/api/mcp/auth_callback", Level.LABEL, days=90)
    for copy in _COPIES:
        _sign_in(claude, copy)
    for call in _CALLS:
        write_call(claude, call, _ADDRESS)


def _connect(member: Membership, name: str, redirect_uri: str, level: Level | None, *, days: int) -> Connection:
    client = Client.objects.create(
        name=name,
        redirect_uris=redirect_uri,
        registration_source=Client.RegistrationSource.DCR,
        client_type=Client.CLIENT_PUBLIC,
        authorization_grant_type=Client.GRANT_AUTHORIZATION_CODE,
    )
    scopes = (scopes_of_level(level) if level else frozenset(BASELINE)) | {"offline_access"}
    expires_at = timezone.now() + timedelta(days=days)
    parties = Parties(member.user, client, redirect_uri, Resource.MCP)
    return allow_connection(
        parties, member.workspace, offered=scopes, chosen=scopes, expires_at=expires_at, shown_metadata={}
    )


def _sign_in(connection: Connection, copy: Copy) -> None:
    """Make a session with tokens that nobody has, so that it stands on the page and lets nobody in."""
    now = timezone.now()
    used_at = now - timedelta(hours=copy.used)
    session = Session.objects.create(
        connection=connection,
        scope=connection.scope,
        label=copy.label,
        device=copy.device,
        address=copy.address,
        created_at=now - timedelta(hours=copy.allowed),
        last_used_at=used_at,
    )
    token = {"session": session, "user": connection.user, "application": connection.client}
    access_token = AccessToken.objects.create(
        **token, token_checksum=_unknown_hash(), scope=connection.scope, expires=now + timedelta(hours=1)
    )
    RefreshToken.objects.create(
        **token, access_token=access_token, token_checksum=_unknown_hash(), expires_at=now + timedelta(days=30)
    )
    _date_back(connection, session.created_at, used_at)


def _date_back(connection: Connection, created_at: datetime, used_at: datetime) -> None:
    """Let the connection be as old as its oldest session, and used when its latest one was."""
    connection.created_at = min(connection.created_at, created_at)
    connection.last_used_at = max(filter(None, (connection.last_used_at, used_at)))
    connection.save(update_fields=["created_at", "last_used_at"])


def _unknown_hash() -> str:
    return hash_secret(make_secret(SecretKind.ACCESS_TOKEN))
