"""Where a person is signed in: their browser sessions, and ending them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from roboflow_auth.accounts.journal import record_signed_out_elsewhere
from roboflow_auth.accounts.models import User
from roboflow_auth.core.user_agents import device_of

# Nobody looks through more; ending all others ends those too.
_MAX_SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def browser_sessions(request: HttpRequest) -> HttpResponse:
    """List the browsers in which the person is signed in; a POST ends one of the others, or all of them."""
    sessions = _live_sessions(cast(User, request.user))
    if request.method != "POST":
        shown = [_shown(request, session) for session in sessions[:_MAX_SHOWN]]
        return render(request, "usersessions/usersession_list.html", {"sessions": shown})
    ended = _end(request, sessions)
    messages.success(request, ngettext("Signed out there.", "Signed out in %(n)s browsers.", ended) % {"n": ended})
    return HttpResponseRedirect(reverse("usersessions_list"), status=303)


def _live_sessions(user: User) -> QuerySet[UserSession]:
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=live).order_by("-created_at")
    return found


def _end(request: HttpRequest, sessions: QuerySet[UserSession]) -> int:
    others = sessions.exclude(session_key=request.session.session_key)
    chosen = request.POST.get("session", "")
    if chosen:
        others = (
            others.filter(pk=chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else others.none()
        )
    with transaction.atomic():
        ending = list(others)
        get_adapter().end_sessions(ending)
        if ending:
            record_signed_out_elsewhere(cast(User, request.user), len(ending))
    return len(ending)


def _shown(request: HttpRequest, session: UserSession) -> dict[str, Any]:
    began: datetime = session.created_at
    return {
        "id": session.pk,
        "name": device_of(session.user_agent) or _("Unknown browser"),
        "address": session.ip,
        "began": began,
        "is_current": session.session_key == request.session.session_key,
    }
