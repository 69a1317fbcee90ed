"""What a person's apps did: as a page, and as a CSV file (RFC 4180) of the same rows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.activity import MOST_EXPORTED_ROWS, export_activity, list_activity
from roboflow_auth.audit.paging import NO_EVENTS
from roboflow_auth.audit.wording import why
from roboflow_auth.core.spreadsheets import answer_csv
from roboflow_auth.oauth.connected_apps import find_connection
from roboflow_auth.oauth.models import Connection
from roboflow_auth.web.activity_csv import csv_lines
from roboflow_auth.web.forms.activity import ActivityForm
from roboflow_auth.web.manners import person_page, refuse_file

_BACK = "web:connections"


@require_safe
@person_page(_BACK)
def activity(request: HttpRequest, user: User) -> HttpResponseBase:
    """Show what all apps of the person did."""
    return _page(request, user, None)


@require_safe
@person_page(_BACK)
def connection_activity(request: HttpRequest, user: User, connection_id: int) -> HttpResponseBase:
    """Show what one connection, live or over, did."""
    return _page(request, user, find_connection(user, connection_id))


@require_safe
@person_page(_BACK)
def activity_csv(request: HttpRequest, user: User) -> HttpResponseBase:
    """Send what all apps of the person did."""
    return _file(request, user, None)


@require_safe
@person_page(_BACK)
def connection_activity_csv(request: HttpRequest, user: User, connection_id: int) -> HttpResponseBase:
    """Send what one connection did."""
    return _file(request, user, find_connection(user, connection_id))


def _page(request: HttpRequest, user: User, connection: Connection | None) -> HttpResponseBase:
    form = _form(request, user, connection)
    found = NO_EVENTS
    if form.is_valid():
        found = list_activity(str(user.subject), form.wanted, form.cleaned_data["before"])
    address = _address_of(connection)
    context = {
        "connection": connection,
        "form": form,
        "rows": [{"event": event, "why": why(event.reason)} for event in found.events],
        "newest_url": f"{address('')}?{form.query()}" if form.data.get("before") else "",
        "older_url": f"{address('')}?{form.query(before=str(found.before))}" if found.before else "",
        "csv_url": f"{address('_csv')}?{form.query()}",
        "most_rows": f"{MOST_EXPORTED_ROWS:,}",
        "page_url": address(""),
    }
    return render(request, "web/activity.html", context)


def _file(request: HttpRequest, user: User, connection: Connection | None) -> HttpResponseBase:
    form = _form(request, user, connection)
    if not form.is_valid():
        return refuse_file(form.problems)
    lines = csv_lines(export_activity(str(user.subject), form.wanted))
    return answer_csv(request, f"activity-{timezone.now():%Y-%m-%d}", lines)


def _form(request: HttpRequest, user: User, connection: Connection | None) -> ActivityForm:
    return ActivityForm(request.GET, user, connection.pk if connection else None)


def _address_of(connection: Connection | None) -> Callable[[str], str]:
    """Return what gives the address of the list, or with `_csv` that of the file."""
    if connection is None:
        return lambda suffix: reverse(f"web:activity{suffix}")
    return lambda suffix: reverse(f"web:connection_activity{suffix}", args=[connection.pk])
