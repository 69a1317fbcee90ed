"""Moments as people say them, with the exact time for whoever points at them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_DAY = timedelta(days=1)


@register.filter
def moment(value: datetime) -> SafeString:
    """Return a time element such as «3 days ago» or «in 90 days»; less than a minute away is «just now»."""
    now = timezone.now()
    distance = abs(value - now)
    if distance < timedelta(minutes=1):
        words = _("just now")
    else:
        words = (_("%(time)s ago") if value < now else _("in %(time)s")) % {"time": _length(distance, value, now)}
    exact = f"{date_format(timezone.localtime(value), 'j F Y, H:i')} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, words)


def _length(distance: timedelta, value: datetime, now: datetime) -> str:
    # In days as long as people count them: «in 90 days» is what was chosen, «in 2 months» is not.
    days = round(distance / _DAY)
    if 2 <= days <= 100:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    return timesince(min(value, now), max(value, now), depth=1)
