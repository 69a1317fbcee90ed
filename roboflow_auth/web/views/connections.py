"""Connected apps: one card for each connection, and the forms on it (pages.md, "Connected apps")."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from roboflow_auth.access.catalogue import Level
from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.languages import translated
from roboflow_auth.oauth import connected_apps as apps
from roboflow_auth.oauth.authorization.answers import form_action_source
from roboflow_auth.oauth.authorization.question import Duration
from roboflow_auth.oauth.connected_cards import list_connected_apps, list_past_connections, smaller_levels
from roboflow_auth.oauth.models import Connection
from roboflow_auth.oauth.reuse import list_reused_sessions
from roboflow_auth.oauth.wording import duration_label
from roboflow_auth.web.forms.connections import ExpiryForm, LabelForm
from roboflow_auth.web.manners import SeeOther, person_page

_PAGE = "web:connections"
_MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class RefusedAccess:
    """A change of what a connection may do that was refused: why, and what was ticked."""

    connection_id: int
    error: str
    ticked: frozenset[str]


@require_safe
@person_page(_PAGE)
def connections(request: HttpRequest, user: User) -> HttpResponseBase:
    """Show what is connected, what was, and what the person is warned of."""
    return _page(request, user)


def _page(request: HttpRequest, user: User, refused: RefusedAccess | None = None) -> HttpResponse:
    now = timezone.now()
    cards = list_connected_apps(user, now)
    context = {
        "apps": cards,
        "past": list_past_connections(user, now),
        "ended_sessions": list_reused_sessions(user, now)[:_MOST_WARNINGS],
        "refused": refused,
        # What was refused stands at an address that is for sending only.
        "page_address": reverse(_PAGE),
        "durations": [{"value": duration.value, "label": duration_label(duration)} for duration in Duration],
    }
    response = render(request, "web/connections.html", context)
    # Logos stand elsewhere; only those of apps on this page may be loaded.
    logos = {form_action_source(app.client.logo_url) for app in cards if app.client.logo_url}
    if logos:
        response._csp_update = {"img-src": sorted(logos)}  # type: ignore[attr-defined]
    return response


@require_POST
@person_page(_PAGE)
def change_access(request: HttpRequest, user: User, connection_id: int) -> HttpResponseBase:
    """Take permissions away: down to a level, or to the ones that are ticked. What is wrong is told beside them."""
    level, ticked = request.POST.get("level", ""), frozenset(request.POST.getlist("scope"))
    try:
        kept = _scopes_left_by(apps.find_connection(user, connection_id), level) if level else ticked
        connection = apps.narrow_scopes(user, connection_id, kept)
    except InvalidInput as error:
        return _page(request, user, RefusedAccess(connection_id, translated(error.description), ticked))
    messages.success(request, _("Saved. The app can do no more than this from its next call on."))
    return _back_to(connection)


@require_POST
@person_page(_PAGE)
def change_expiry(request: HttpRequest, user: User, connection_id: int) -> HttpResponseBase:
    """Let a connection end sooner, or later."""
    form = ExpiryForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Choose for how long."))
    connection = apps.change_expiry(user, connection_id, Duration(form.cleaned_data["duration"]))
    messages.success(request, _("Saved. The connection has a new end."))
    return _back_to(connection)


@require_POST
@person_page(_PAGE)
def rename(request: HttpRequest, user: User, connection_id: int) -> HttpResponseBase:
    """Call a connection something."""
    connection = apps.label_connection(user, connection_id, _label(request))
    messages.success(request, _("Saved. Only you see this name."))
    return _back_to(connection)


@require_POST
@person_page(_PAGE)
def disconnect(request: HttpRequest, user: User, connection_id: int) -> HttpResponseBase:
    """End a connection."""
    connection = apps.disconnect(user, connection_id)
    messages.success(request, _("%(app)s is disconnected.") % {"app": connection.client.display_name})
    return SeeOther(reverse(_PAGE))


@require_POST
@person_page(_PAGE)
def disconnect_all(request: HttpRequest, user: User) -> HttpResponseBase:
    """End everything that is connected."""
    count = apps.disconnect_all(user)
    done = ngettext("%(count)d connection ended.", "%(count)d connections ended.", count) % {"count": count}
    messages.success(request, done if count else _("No app was connected."))
    return SeeOther(reverse(_PAGE))


@require_POST
@person_page(_PAGE)
def rename_session(request: HttpRequest, user: User, connection_id: int, session_id: int) -> HttpResponseBase:
    """Call a session something."""
    session = apps.label_session(user, connection_id, session_id, _label(request))
    messages.success(request, _("Saved. Only you see this name."))
    return _back_to(session.connection)


@require_POST
@person_page(_PAGE)
def end_session(request: HttpRequest, user: User, connection_id: int, session_id: int) -> HttpResponseBase:
    """End one session of a connection."""
    session = apps.end_own_session(user, connection_id, session_id)
    messages.success(request, _("The session is ended. Other copies of the app stay signed in."))
    return _back_to(session.connection)


def _scopes_left_by(connection: Connection, level: str) -> frozenset[str]:
    offered = {smaller.value: smaller.kept for smaller in smaller_levels(connection.scopes)}
    if level not in [known.value for known in Level]:
        raise InvalidInput(_("Choose what the app may do."))
    if level not in offered:
        raise InvalidInput(_("The app can do no more than that already."))
    return offered[level]


def _label(request: HttpRequest) -> str:
    form = LabelForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Choose a name of at most 60 characters."))
    return str(form.cleaned_data["label"])


def _back_to(connection: Connection) -> SeeOther:
    return SeeOther(f"{reverse(_PAGE)}#connection-{connection.pk}")
