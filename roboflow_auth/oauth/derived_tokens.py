"""Issuing and revoking tokens that were exchanged for others (RFC 8693; protocol.md P-T6)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.connections import join_scopes, record_on_session
from roboflow_auth.oauth.lineage import actors_with
from roboflow_auth.oauth.models import AccessToken, Client
from roboflow_auth.oauth.tokens import IssuedTokens

MAX_SECONDS = 300


def issue_derived_token(parent: AccessToken, client: Client, scopes: frozenset[str], *, dpop_jkt: str) -> IssuedTokens:
    """Return a token that `client` gets for `parent`, whose connection and its client, person, workspace are loaded.

    It belongs to the same session and lives for 300 seconds at the most, never longer than `parent`. It is bound to the
    key that the request proved, `dpop_jkt`, if it proved one. Two statements, one of them for the audit log; call it in
    a transaction.
    """
    now = timezone.now()
    seconds = min(MAX_SECONDS, client.access_token_seconds or MAX_SECONDS)
    raw_token = make_secret(SecretKind.ACCESS_TOKEN)
    token = AccessToken.objects.create(
        session=parent.session,
        user_id=parent.user_id,
        application=client,
        parent=parent,
        actors=actors_with(client, parent),
        token_checksum=hash_secret(raw_token),
        scope=join_scopes(scopes),
        dpop_jkt=dpop_jkt,
        # The parent ends with its connection at the latest, so this one does.
        expires=min(now + timedelta(seconds=seconds), parent.expires),
    )
    _record(token, "exchange_token", detail=token.scope)
    return IssuedTokens(raw_token, token, "", None, scopes, now)


def revoke_derived_token(token: AccessToken) -> None:
    """End `token`, which was exchanged for another, and what was exchanged for it; doing it again changes nothing.

    `token.session.connection` is loaded with client, person and workspace.
    """
    with transaction.atomic():
        live = AccessToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
        if live.update(revoked_at=timezone.now()):
            _record(token, "revoke_access_token", reason="revoked_by_client")


def _record(token: AccessToken, action: str, **details: str) -> None:
    (actor, *_) = token.actors or []
    served = token.session.connection.client
    record_on_session(
        token.session,
        action,
        client_id=actor["client_id"],
        client_name=actor["name"],
        target=served.client_id,
        **details,
    )
