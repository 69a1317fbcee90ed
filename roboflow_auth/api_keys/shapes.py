"""What API keys look like to the API, to the model and to the pages. No shape but `NewApiKey` has a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from roboflow_auth.access.catalogue import SCOPES, usable_scopes
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api_keys.models import ApiKey


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """An API key without its secret.

    `hint` is how the secret ends. `state` is `active`, `disabled`, `expired`, `orphaned` (its maker is no longer in the
    workspace) or `revoked`. `unusable_scopes` are those of `scopes` that the maker's role does not allow at present.
    `made_with` is the app through which it was made, or empty.
    """

    id: str
    name: str
    hint: str
    state: str
    scopes: list[str]
    unusable_scopes: list[str]
    made_by: str
    made_with: str
    created_at: datetime
    rolled_at: datetime | None
    last_used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKeyList:
    """A page of API keys, newest first."""

    api_keys: list[ApiKeyView]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key with its secret, which is never shown again. Send it as the header `x-api-key`."""

    api_key: ApiKeyView
    # Not in the text form of the value, so that no log or traceback shows it.
    secret: str = field(repr=False)


def api_key_view(key: ApiKey, maker_actions: frozenset[Action] | None, now: datetime) -> ApiKeyView:
    """Return the shape of `key`, whose user is loaded.

    `maker_actions` are what its maker's role allows now; None when they left or are inactive.
    """
    usable = usable_scopes(maker_actions or frozenset())
    return ApiKeyView(
        id=str(key.pk),
        name=key.name,
        hint=key.hint,
        state=key.state_at(now, has_maker=maker_actions is not None).value,
        scopes=_in_order(key.scopes),
        unusable_scopes=_in_order(key.scopes - usable),
        made_by=key.user.email,
        made_with=key.made_with,
        created_at=key.created_at,
        rolled_at=key.rolled_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
    )


def _in_order(scopes: frozenset[str]) -> list[str]:
    return [name for name in SCOPES if name in scopes]
