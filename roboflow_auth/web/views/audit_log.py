"""The audit log of a workspace: searched, as a file, and whether it is still what was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.checking import check_further, view_chain
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.audit.paging import NO_EVENTS
from roboflow_auth.audit.sealing import seal_settled
from roboflow_auth.audit.search import MOST_EXPORTED_ROWS, AuditWanted, export_events, search_events
from roboflow_auth.audit.wording import action_words, reason_words
from roboflow_auth.core.spreadsheets import answer_csv, csv_line
from roboflow_auth.web.forms.audit_log import AuditLogForm
from roboflow_auth.web.manners import refuse_file
from roboflow_auth.web.workspace_pages import workspace_page

_COLUMNS = (
    *("time", "person", "app", "client_id", "through", "tool", "action", "target", "outcome", "reason", "detail"),
    *("duration_ms", "connection", "session", "api_key", "reference", "row"),
)
# What looking at the log seals besides, once a minute at the most; the rest is for `manage.py seal_audit`.
_LINKS = 2
# How far a look at the chain goes on then.
_CHECKED_LINKS = 10
_REST = timedelta(minutes=1)


@require_safe
@workspace_page("web:workspace", to=Action.VIEW_AUDIT_LOG)
def audit_log(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Show a page of the log, and up to when it is verified."""
    form = AuditLogForm(request.GET)
    found = NO_EVENTS
    if form.is_valid():
        found = search_events(principal, form.wanted, form.cleaned_data["before"])
    if seal_settled(links=_LINKS, wait_seconds=0, rest=_REST):
        check_further(_CHECKED_LINKS)
    page_url = reverse("web:workspace_audit", args=[principal.workspace])
    context = {
        "workspace": principal,
        "form": form,
        "events": [_shown(event) for event in found.events],
        "chain": view_chain(),
        "page_url": page_url,
        "newest_url": f"{page_url}?{form.query()}" if form.data.get("before") else "",
        "older_url": f"{page_url}?{form.query(before=str(found.before))}" if found.before is not None else "",
        "csv_url": f"{reverse('web:workspace_audit_csv', args=[principal.workspace])}?{form.query()}",
        "most_rows": f"{MOST_EXPORTED_ROWS:,}",
    }
    return render(request, "web/workspace_audit.html", context)


@require_safe
@workspace_page("web:workspace", to=Action.VIEW_AUDIT_LOG)
def audit_log_csv(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Send the rows that fit the filters."""
    form = AuditLogForm(request.GET)
    if not form.is_valid():
        return refuse_file(form.problems)
    name = f"{principal.workspace}-audit-{timezone.now():%Y-%m-%d}"
    return answer_csv(request, name, _lines(principal, form.wanted))


def _lines(principal: Principal, wanted: AuditWanted) -> Iterator[str]:
    # Authorised here and not when the first line is taken, which is after the answer began.
    events = export_events(principal, wanted)
    return (csv_line(cells) for cells in _rows(events))


def _rows(events: Iterator[AuditEvent]) -> Iterator[tuple[object, ...]]:
    yield _COLUMNS
    for event in events:
        yield (
            *(event.occurred_at.isoformat(), event.actor_email, event.client_name, event.client_id, event.via),
            *(event.tool, event.action, event.target, event.outcome, event.reason, _detail(event)),
            *(event.duration_ms, event.connection_id, event.session_id, event.api_key_id, event.request_id, event.pk),
        )


def _detail(event: AuditEvent) -> str:
    # Of what was refused or failed, the detail is for those who run the server alone (core.errors).
    return event.detail if event.outcome == Outcome.ALLOWED else ""


def _shown(event: AuditEvent) -> dict[str, Any]:
    words, why = action_words(event.action), reason_words(event.reason)
    return {"row": event, "words": words, "why": why, "detail": _detail(event)}
