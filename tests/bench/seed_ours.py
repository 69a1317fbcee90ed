"""Fills this product's database for `make bench`: reads an Order on standard input, prints Seeds (see oauth_paths.py).

Rows are what the product's own consent would have left, made in bulk by its models; only lifetimes are longer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any, TypeVar

import django
from django.db import models
from django.utils import timezone

django.setup()

from roboflow_auth.access.vocabulary import RoleName  # noqa: E402
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret  # noqa: E402 - models need django.setup()
from roboflow_auth.oauth.models import (  # noqa: E402
    AccessToken,
    AuthMethod,
    AuthorizationCode,
    Client,
    Connection,
    RefreshToken,
    Session,
)
from roboflow_auth.oauth.service_clients import arrange_service  # noqa: E402
from tests import builders  # noqa: E402

_BATCH = 2000
RowT = TypeVar("RowT", bound=models.Model)
_Make = Callable[[Session, str], RowT]


def seed(order: dict[str, Any]) -> dict[str, Any]:
    """Return what `order` asks for, as it is printed."""
    client = builders.make_client(redirect_uris=order["redirect_uri"], name="Bench app")
    connections = [_connection(client, number) for number in range(order["people"])]
    end = timezone.now() + timedelta(hours=2)
    inspector_id, inspector_secret = _secret_client(serves_resource="mcp")
    service_id, service_secret = _secret_client(
        grant_types=["client_credentials"],
        service_workspace=connections[0].workspace,
        service_role=RoleName.LABELER,
    )
    arrange_service(Client.objects.get(client_id=service_id))
    return {
        "client_id": client.client_id,
        "inspector_id": inspector_id,
        "inspector_secret": inspector_secret,
        "service_id": service_id,
        "service_secret": service_secret,
        "codes": _make_many(SecretKind.AUTHORIZATION_CODE, order["codes"], connections, _code(order, end)),
        "refresh_tokens": _make_many(SecretKind.REFRESH_TOKEN, order["codes"], connections, _refresh_token(end)),
        "access_tokens": _make_many(SecretKind.ACCESS_TOKEN, order["tokens"], connections, _access_token(end)),
    }


def _connection(client: Client, number: int) -> Connection:
    person = builders.make_user(f"person-{number}@example.com", f"Person {number}")
    return builders.make_connection(person, builders.make_workspace(person, f"bench-{number}"), client=client)


def _secret_client(**fields: Any) -> tuple[str, str]:
    raw_secret = make_secret(SecretKind.CLIENT_SECRET)
    client = builders.make_client(
        registration_source=Client.RegistrationSource.MANUAL,
        client_type=Client.CLIENT_CONFIDENTIAL,
        auth_method=AuthMethod.BASIC,
        client_secret=hash_secret(raw_secret),
        **fields,
    )
    return client.client_id, raw_secret


def _make_many(kind: SecretKind, count: int, connections: list[Connection], make: _Make[RowT]) -> list[str]:
    """Return `count` new secrets, each of a row that `make` makes in a session of its own."""
    made: list[str] = []
    for batch in _batches(islice(cycle(connections), count)):
        sessions = Session.objects.bulk_create(Session(connection=one, scope=one.scope) for one in batch)
        secrets = [make_secret(kind) for _ in sessions]
        rows = [make(session, secret) for session, secret in zip(sessions, secrets, strict=True)]
        type(rows[0])._default_manager.bulk_create(rows)
        made += secrets
    return made


def _batches(connections: Iterable[Connection]) -> Iterator[list[Connection]]:
    left = iter(connections)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _code(order: dict[str, Any], end: datetime) -> _Make[AuthorizationCode]:
    return lambda session, secret: AuthorizationCode(
        session=session,
        user=session.connection.user,
        application=session.connection.client,
        code=hash_secret(secret),
        redirect_uri=order["redirect_uri"],
        scope=session.scope,
        code_challenge=order["challenge"],
        code_challenge_method="S256",
        expires=end,
    )


def _refresh_token(end: datetime) -> _Make[RefreshToken]:
    return lambda session, secret: RefreshToken(
        session=session,
        user=session.connection.user,
        application=session.connection.client,
        token_checksum=hash_secret(secret),
        expires_at=end,
    )


def _access_token(end: datetime) -> _Make[AccessToken]:
    return lambda session, secret: AccessToken(
        session=session,
        user=session.connection.user,
        application=session.connection.client,
        token_checksum=hash_secret(secret),
        scope=session.scope,
        expires=end,
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed(json.load(sys.stdin))) + "\n")
