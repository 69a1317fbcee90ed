"""`{{ event.reason|in_words }}`: why a call of somebody was refused or failed, in the words of the audit log."""

from __future__ import annotations

from django import template

from roboflow_auth.audit.wording import reason_words

register = template.Library()


@register.filter
def in_words(reason: str) -> str:
    """Return why, as people read it."""
    return reason_words(reason)
