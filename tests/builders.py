"""Rows that tests start from, made the way the product makes them; each function returns what it made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.services import create_api_key
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.models import AccessToken, Client, Connection, Session
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.services import create_workspace

PASSWORD = "demo-password"
# Hashed once for all: Argon2id is slow on purpose.
_PASSWORD_HASH = make_password(PASSWORD)


def make_user(email: str, name: str = "", **fields: Any) -> User:
    """Return a person whose e-mail address is verified and whose password is PASSWORD."""
    user = User.objects.create(email=email, name=name, password=_PASSWORD_HASH, **fields)
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def make_workspace(owner: User, slug: str, name: str = "") -> Workspace:
    """Return a workspace of `owner`."""
    return create_workspace(owner, name or slug.capitalize(), slug)


def make_member(workspace: Workspace, user: User, role: RoleName) -> Membership:
    """Return the membership that lets `user` into `workspace`."""
    return Membership.objects.create(workspace=workspace, user=user, role=role)


def make_client(**fields: Any) -> Client:
    """Return a public client with one loopback redirect URI, as most MCP clients register."""
    defaults = {
        "name": "Test client",
        "redirect_uris": "http://127.0.0.1/callback",
        "registration_source": Client.RegistrationSource.DCR,
        "client_type": Client.CLIENT_PUBLIC,
        "authorization_grant_type": Client.GRANT_AUTHORIZATION_CODE,
    }
    return Client.objects.create(**{**defaults, **fields})


def make_connection(
    user: User,
    workspace: Workspace,
    scopes: Iterable[str] = BASELINE,
    *,
    resource: Resource = Resource.MCP,
    client: Client | None = None,
    expires_at: datetime | None = None,
) -> Connection:
    """Return an agreement that lets `client` (a new one unless given) act for `user` in `workspace`."""
    return Connection.objects.create(
        user=user,
        client=client or make_client(),
        workspace=workspace,
        resource=resource,
        redirect_uri="http://127.0.0.1/callback",
        agreement_hash=hash_secret(make_secret(SecretKind.ACCESS_TOKEN)),
        scope=" ".join(scopes),
        expires_at=expires_at,
    )


def make_token(
    user: User, workspace: Workspace, scopes: Iterable[str] = BASELINE, *, resource: Resource = Resource.MCP
) -> str:
    """Return a raw access token of a new connection of `user` in `workspace`."""
    return make_token_of(make_connection(user, workspace, scopes, resource=resource))


def make_token_of(connection: Connection) -> str:
    """Return a raw access token of a new session of `connection`."""
    raw_token = make_secret(SecretKind.ACCESS_TOKEN)
    session = Session.objects.create(connection=connection, scope=connection.scope)
    AccessToken.objects.create(
        session=session,
        user=connection.user,
        application=connection.client,
        token_checksum=hash_secret(raw_token),
        scope=connection.scope,
        expires=timezone.now() + timedelta(hours=1),
    )
    return raw_token


def make_api_key(user: User, workspace: Workspace, scopes: Iterable[str] = BASELINE) -> str:
    """Return a raw API key of `user` for `workspace`."""
    membership = Membership.objects.select_related("user", "workspace").get(user=user, workspace=workspace)
    return create_api_key(membership, "Test key", scopes)[1]
