"""Issuing tokens, and finding them again (protocol.md P-T5, P-I5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from roboflow_auth.access.catalogue import usable_scopes
from roboflow_auth.core.compound import add_together
from roboflow_auth.core.rows import draft
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed, make_secret
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.connections import join_scopes, with_agreement
from roboflow_auth.oauth.lineage import stands
from roboflow_auth.oauth.models import AccessToken, Connection, RefreshToken, Session
from roboflow_auth.oauth.principals import live_tokens
from roboflow_auth.workspaces.models import Membership, actions_of_role

TokenT = TypeVar("TokenT", AccessToken, RefreshToken)


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A new access token, and the refresh token that goes with it when the client registered that grant.

    `scopes` are what the access token carries; the rows are kept for whoever links them.
    """

    raw_access_token: str
    access_token: AccessToken
    raw_refresh_token: str
    refresh_token: RefreshToken | None
    scopes: frozenset[str]
    issued_at: datetime

    @property
    def rows(self) -> list[AccessToken | RefreshToken]:
        """The rows, the access token first."""
        return [self.access_token] if self.refresh_token is None else [self.access_token, self.refresh_token]

    def as_response(self, connection: Connection) -> dict[str, Any]:
        """Return the members of a token response (RFC 6749 §5.1).

        The two further lifetimes are those of draft-ietf-oauth-refresh-token-expiration: when the refresh token lapses
        without use, and when the agreement ends whatever happens (P-G3).
        """
        response: dict[str, Any] = {
            "access_token": self.raw_access_token,
            # RFC 9449 §5: the type tells the client that it has to prove its key wherever it uses the token.
            "token_type": token_type(self.access_token),
            "expires_in": self._seconds_until(self.access_token.expires),
            "scope": join_scopes(self.scopes),
        }
        if self.refresh_token is not None:
            response["refresh_token"] = self.raw_refresh_token
            response["refresh_token_expires_in"] = self._seconds_until(self.refresh_token.expires_at)
        if connection.expires_at is not None:
            response["authorization_expires_in"] = self._seconds_until(connection.expires_at)
        return response

    def _seconds_until(self, moment: datetime) -> int:
        return max(0, int((moment - self.issued_at).total_seconds()))


def issue_tokens(session: Session, scopes: frozenset[str], **details: Any) -> IssuedTokens:
    """Return new tokens that are stored; `details` are those of `make_tokens`. One statement where it can be one."""
    issued = make_tokens(session, scopes, **details)
    add_together(issued.rows)
    return issued


def make_tokens(
    session: Session,
    scopes: frozenset[str],
    *,
    dpop_jkt: str,
    may_refresh: bool = True,
    max_seconds: int | None = None,
) -> IssuedTokens:
    """Return new tokens of `session`, whose connection and client are loaded. The caller adds their rows.

    There is a refresh token unless the grant has none (`may_refresh`) or the client did not register to refresh.
    Lifetimes are the client's or the deployment's, and never exceed the connection's (P-G3); that of the access token
    is `max_seconds` at the most where the grant says so. `dpop_jkt` is the key that the request proved, to which the
    tokens are bound; empty where it proved none.
    """
    connection = session.connection
    client = connection.client
    now = timezone.now()
    seconds = client.access_token_seconds or settings.ACCESS_TOKEN_SECONDS
    raw_access_token = make_secret(SecretKind.ACCESS_TOKEN)
    access_token = draft(
        AccessToken,
        session=session,
        user_id=connection.user_id,
        application=client,
        token_checksum=hash_secret(raw_access_token),
        scope=join_scopes(scopes),
        dpop_jkt=dpop_jkt,
        expires=_bounded(now, min(seconds, max_seconds or seconds), connection),
    )
    raw_refresh_token, refresh_token = "", None
    if may_refresh and client.may_use("refresh_token"):
        raw_refresh_token = make_secret(SecretKind.REFRESH_TOKEN)
        refresh_token = draft(
            RefreshToken,
            session=session,
            user_id=connection.user_id,
            application=client,
            access_token=access_token,
            token_checksum=hash_secret(raw_refresh_token),
            # RFC 9449 §5: only those of public clients. Others prove themselves at each refresh, and may change keys.
            dpop_jkt=dpop_jkt if client.is_public else "",
            expires_at=_bounded(now, client.refresh_token_seconds or settings.REFRESH_TOKEN_SECONDS, connection),
        )
    return IssuedTokens(raw_access_token, access_token, raw_refresh_token, refresh_token, scopes, now)


def token_type(token: AccessToken) -> str:
    """Return how `token` has to be presented (RFC 6750 §4, RFC 9449 §5)."""
    return "DPoP" if token.dpop_jkt else "Bearer"


def move_token_ends(connection: Connection, earlier_end: datetime | None) -> None:
    """Let the tokens of `connection` follow its end, which was `earlier_end` before (P-G3). Three statements at most.

    None outlives it. Refresh tokens that would have ended with it get their own lifetime back, bounded by the new end,
    so that an app which rests longer than the old agreement finds its session again.
    """
    now = timezone.now()
    refresh_tokens = RefreshToken.objects.filter(session__connection=connection, expires_at__gt=now)
    if earlier_end is not None:
        seconds = connection.client.refresh_token_seconds or settings.REFRESH_TOKEN_SECONDS
        refresh_tokens.filter(expires_at=earlier_end).update(expires_at=_bounded(now, seconds, connection))
    if connection.expires_at is not None:
        end = connection.expires_at
        refresh_tokens.filter(expires_at__gt=end).update(expires_at=end)
        AccessToken.objects.filter(session__connection=connection, expires__gt=end).update(expires=end)


def find_access_token(raw_token: str) -> AccessToken | None:
    """Return the live access token `raw_token` for whichever resource, as `_with_context` loads it.

    One statement, two for an exchanged token.
    """
    if not is_well_formed(raw_token, SecretKind.ACCESS_TOKEN):
        return None
    token = _LIVE_ACCESS_TOKEN.first(checksum=hash_secret(raw_token), now=timezone.now())
    is_live = token is not None and (token.parent_id is None or stands(token.pk))
    return token if is_live else None


def find_refresh_token(raw_token: str) -> RefreshToken | None:
    """Return the refresh token `raw_token`, live or not, with its successor and what `_with_context` loads.

    One statement.
    """
    if not is_well_formed(raw_token, SecretKind.REFRESH_TOKEN):
        return None
    return _REFRESH_TOKEN.first(checksum=hash_secret(raw_token))


def is_live_refresh_token(token: RefreshToken, now: datetime) -> bool:
    """Return whether nothing that `token`, from `find_refresh_token`, hangs off has ended (P-T4).

    Whether the token itself was used is another question: a used one is a warning, not just dead.
    """
    connection = token.session.connection
    return (
        token.expires_at > now
        and token.session.ended_at is None
        and connection.is_live(now)
        and connection.user.is_active
        and bool(token.role)
    )


def effective_scopes(token_scopes: frozenset[str], token: AccessToken | RefreshToken) -> frozenset[str]:
    """Return what `token` can really do now: `token_scopes` ∩ the connection's ∩ what the role can use (P-G2)."""
    actions = actions_of_role(token.role, token.own_actions)
    return token_scopes & token.session.connection.scopes & usable_scopes(actions)


def _with_context(tokens: QuerySet[TokenT]) -> QuerySet[TokenT]:
    """Return `tokens` with session, connection, client, person and workspace, and with the person's `role` there.

    `role` is None for someone who left the workspace, even if they came back (P-G4). `own_actions` are those of a role
    that the workspace made.
    """
    membership = Membership.objects.filter(
        user=OuterRef("session__connection__user"),
        workspace=OuterRef("session__connection__workspace"),
        joined_at__lte=OuterRef("session__connection__created_at"),
    )
    return with_agreement(tokens).annotate(
        role=Subquery(membership.values("role")[:1]),
        own_actions=Subquery(membership.values("own_role__actions")[:1]),
    )


def _bounded(now: datetime, seconds: int, connection: Connection) -> datetime:
    wanted = now + timedelta(seconds=seconds)
    return wanted if connection.expires_at is None else min(wanted, connection.expires_at)


def _live_access_token(*, checksum: str, now: datetime) -> QuerySet[AccessToken]:
    return _with_context(live_tokens(now)).filter(token_checksum=checksum)


def _refresh_token(*, checksum: str) -> QuerySet[RefreshToken]:
    tokens = RefreshToken.objects.order_by().select_related("successor")
    return _with_context(tokens).filter(token_checksum=checksum)


_LIVE_ACCESS_TOKEN = PreparedQuery(_live_access_token, checksum="checksum", now=datetime(2000, 1, 1, tzinfo=UTC))
_REFRESH_TOKEN = PreparedQuery(_refresh_token, checksum="checksum")
