"""`{% moment when %}` or `{{ when|moment }}`: a point in time as people say it, and the exact one in the title."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_DAY = timedelta(days=1)
_NEAR = timedelta(days=7)


@register.filter
@register.simple_tag
def moment(when: datetime | None) -> SafeString | str:
    """Return `when` as a `<time>` element; nothing without one."""
    if when is None:
        return ""
    exact = date_format(when, _("j F Y, H:i e"))
    return format_html('<time datetime="{}" title="{}">{}</time>', when.isoformat(), exact, _words(when))


def _words(when: datetime) -> str:
    away = when - timezone.now()
    if abs(away) < timedelta(minutes=1):
        return _("just now")
    if abs(away) >= _NEAR and away < timedelta():
        return date_format(when, _("j F Y"))
    length = _number(abs(away))
    return (_("in %(time)s") if away > timedelta() else _("%(time)s ago")) % {"time": length}


def _number(length: timedelta) -> str:
    minutes, hours, days = (round(length / unit) for unit in (timedelta(minutes=1), timedelta(hours=1), _DAY))
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if hours < 24:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
