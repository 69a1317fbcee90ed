"""The audit log's reasons in words for people."""

from __future__ import annotations

from django.utils.translation import gettext as _


def why(reason: str) -> str:
    """Return why a call was refused or failed; nothing when it was neither, the bare word when it is a rare one."""
    words = {
        "role": _("Your role does not allow it"),
        "missing_scope": _("You did not give the app this permission"),
        "not_found": _("There is no such thing, or the app may not see it"),
        "invalid": _("What the app sent was not valid"),
        "conflict": _("It was not possible as things stood"),
        "rate_limited": _("Too many calls"),
        "internal": _("A fault on our side"),
    }
    return words.get(reason, reason)
