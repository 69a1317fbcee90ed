"""API keys as the pages tell them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from roboflow_auth.access.catalogue import SENSITIVE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import KeyState
from roboflow_auth.api_keys.shapes import ApiKeyView
from roboflow_auth.oauth.wording import level_of, level_title
from roboflow_auth.web.levels import Permission, permissions_of

_STATES: dict[str, tuple[Promise, str]] = {
    KeyState.ACTIVE: (pgettext_lazy("API key", "Active"), "ok"),
    KeyState.DISABLED: (pgettext_lazy("API key", "Disabled"), ""),
    KeyState.EXPIRED: (pgettext_lazy("API key", "Expired"), "warn"),
    KeyState.ORPHANED: (_("Maker left"), "warn"),
    KeyState.REVOKED: (pgettext_lazy("API key", "Revoked"), ""),
}


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key for a template: `key` is the shape, the rest is how people read it."""

    key: ApiKeyView
    state_label: str
    state_style: str
    level: str
    has_sensitive: bool
    is_mine: bool
    permissions: list[Permission]
    unusable: list[Permission]

    @property
    def is_active(self) -> bool:
        """Whether it works."""
        return self.key.state == KeyState.ACTIVE

    @property
    def is_disabled(self) -> bool:
        """Whether it works again once it is enabled."""
        return self.key.state == KeyState.DISABLED

    @property
    def is_revoked(self) -> bool:
        """Whether somebody ended it, so that its own end means nothing any more."""
        return self.key.state == KeyState.REVOKED

    @property
    def is_over(self) -> bool:
        """Whether it never works again."""
        return self.key.state in (KeyState.EXPIRED, KeyState.REVOKED)


def shown_key(key: ApiKeyView, reader: User) -> ShownKey:
    """Return `key` as it is told to `reader`."""
    label, style = _STATES[key.state]
    return ShownKey(
        key=key,
        state_label=str(label),
        state_style=style,
        level=level_title(level) if (level := level_of(frozenset(key.scopes))) else "",
        has_sensitive=bool(SENSITIVE_SCOPES.intersection(key.scopes)),
        is_mine=key.made_by == reader.email,
        permissions=permissions_of(key.scopes),
        unusable=permissions_of(key.unusable_scopes),
    )
