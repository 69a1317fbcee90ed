"""Tokens that were exchanged for other tokens (RFC 8693; protocol.md P-T6): who acts in them, what they die with.

`AccessToken.actors` names the clients that made the exchanges, the last one first: a list of `{"client_id", "name"}`,
None for a token that the client got itself. The names are those of the moment, for the audit log to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.models import AccessToken, Client

# How many clients may stand in a row: a gateway, a service behind it, and a third.
MAX_ACTORS = 3

Actor = dict[str, str]


def stands(token_id: int) -> bool:
    """Return whether nothing that the access token `token_id` was exchanged for has ended. One statement.

    It is asked at every use, so there is no moment between the end of a token and that of what stands on it. That a
    token does not outlive its parent is settled when it is issued.
    """
    return STANDING.first(token_id=token_id) is not None


def actors_with(client: Client, parent: AccessToken) -> list[Actor]:
    """Return who acts in a token that `client` gets for `parent`."""
    return [{"client_id": client.client_id, "name": client.name}, *(parent.actors or [])]


def act_claim(actors: Sequence[Actor]) -> dict[str, Any]:
    """Return `act` (RFC 8693 §4.1): the last actor, and nested in it those before; `actors` has at least one."""
    claim: dict[str, Any] = {"sub": actors[0]["client_id"]}
    return {**claim, "act": act_claim(actors[1:])} if actors[1:] else claim


def _standing(*, token_id: int) -> QuerySet[AccessToken, dict[str, Any]]:
    return AccessToken.objects.filter(_rests_on_live_tokens(MAX_ACTORS), pk=token_id).order_by().values("pk")


def _rests_on_live_tokens(depth: int) -> Q:
    is_first = Q(parent__isnull=True)
    if depth == 0:
        return is_first
    parent = AccessToken.objects.filter(_rests_on_live_tokens(depth - 1), pk=OuterRef("parent_id"), revoked_at=None)
    actor = Client.objects.filter(pk=OuterRef("application_id"), is_disabled=False, may_exchange=True)
    return is_first | Q(Exists(parent.order_by()), Exists(actor))


# A question of its own, put for exchanged tokens only: even where it is never answered, it would make the look-up of
# every token slower.
STANDING = PreparedQuery(_standing, token_id=-1)
