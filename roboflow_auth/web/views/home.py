"""The start page: the MCP address, and the person's workspaces."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from roboflow_auth.workspaces.models import ROLE_LABELS
from roboflow_auth.workspaces.selectors import list_memberships


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show where to point an agent, and to a signed-in person where they belong."""
    user = request.user
    memberships = list_memberships(user) if user.is_authenticated else []
    workspaces = [
        {"name": m.workspace.name, "slug": m.workspace.slug, "role_label": ROLE_LABELS.get(m.role, m.role)}  # type: ignore[call-overload]
        for m in memberships
    ]
    return render(request, "web/home.html", {"workspaces": workspaces})
