"""A filter for sentences that name code between backticks, as docstrings do."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def with_code(sentence: str) -> SafeString:
    """Return `sentence`, escaped, with what stands between backticks as code."""
    parts = sentence.split("`")
    marked = [format_html("<code>{}</code>", part) if index % 2 else part for index, part in enumerate(parts)]
    return mark_safe("".join(conditional_escape(part) for part in marked))  # noqa: S308 - each part is escaped.
