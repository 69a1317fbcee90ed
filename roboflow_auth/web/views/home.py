"""The start page: the MCP address, the person's workspaces, and what they are warned of."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Session
from roboflow_auth.oauth.reuse import list_reused_sessions
from roboflow_auth.workspaces.invitations import list_received
from roboflow_auth.workspaces.selectors import list_memberships

_MOST_WARNINGS = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show where to point an agent, and to a signed-in person where they belong."""
    user = request.user
    memberships = list_memberships(user) if user.is_authenticated else []
    workspaces = [{"name": m.workspace.name, "slug": m.workspace.slug, "role_label": m.role_label} for m in memberships]
    context = {
        "workspaces": workspaces,
        "invitations": list_received(user) if user.is_authenticated else [],
        "ended_sessions": _ended_sessions(user),
    }
    return render(request, "web/home.html", context)


def _ended_sessions(user: User | AnonymousUser) -> list[Session]:
    """Return what a person is warned of: sessions of their apps that ended because a token was used in two places."""
    return list(list_reused_sessions(user, timezone.now())[:_MOST_WARNINGS]) if user.is_authenticated else []
