"""The API keys of a workspace, and the page of one key."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.selectors import find_membership_at, list_api_keys, view_api_key
from roboflow_auth.core.errors import Denied, NotFound
from roboflow_auth.core.sentences import sentence
from roboflow_auth.web.refusals import note_refusal, refusals_as_pages
from roboflow_auth.web.shown_keys import shown_key
from roboflow_auth.workspaces.models import Membership
from roboflow_auth.workspaces.selectors import list_memberships, principal_of_member

_PAGE_SIZE = 25
_MAX_PAGE_DIGITS = 4


@login_required
@require_safe
@refusals_as_pages
def api_keys(request: HttpRequest) -> HttpResponse:
    """Show the keys of one of the person's workspaces, a page at a time; nobody's secret."""
    user = cast(User, request.user)
    memberships = memberships_for(user, Action.VIEW_WORKSPACE_API_KEYS)
    membership = chosen(memberships, request.GET.get("workspace", ""))
    if membership is None:
        return render(request, "web/keys/none.html")
    page = _page_number(request.GET.get("page", ""))
    principal = principal_of_member(membership)
    found = list_api_keys(principal, include_disabled=True, limit=_PAGE_SIZE, offset=(page - 1) * _PAGE_SIZE)
    context = {
        "memberships": memberships,
        "membership": membership,
        "keys": [shown_key(key, user) for key in found.api_keys],
        "total": found.total,
        "previous_page": page - 1,
        "next_page": page + 1 if page * _PAGE_SIZE < found.total else 0,
        "may_create": Action.CREATE_API_KEY in membership.actions,
    }
    return render(request, "web/keys/list.html", context)


@login_required
@require_safe
@refusals_as_pages
def api_key(request: HttpRequest, key_id: str) -> HttpResponse:
    """Show one key and what can be done with it."""
    user = cast(User, request.user)
    membership = find_membership_at(user, key_id)
    principal = principal_of_member(membership)
    try:
        key = view_api_key(principal, key_id)
    except Denied as error:
        note_refusal(principal, Action.GET_API_KEY, error)
        raise
    context = {
        "membership": membership,
        "shown": shown_key(key, user),
        "may_create": Action.CREATE_API_KEY in membership.actions,
        "may_update": Action.UPDATE_API_KEY in membership.actions,
        "may_revoke": Action.REVOKE_API_KEY in membership.actions,
    }
    return render(request, "web/keys/key.html", context)


def memberships_for(user: User, action: Action) -> list[Membership]:
    """Return the memberships of `user` whose role allows `action`, with `user` and their workspaces loaded."""
    found = [membership for membership in list_memberships(user) if action in membership.actions]
    for membership in found:
        membership.user = user
    return found


def chosen(memberships: list[Membership], slug: str) -> Membership | None:
    """Return the membership in the workspace `slug`, or the first one without a slug; None when there are none.

    Raises `NotFound` for another slug.
    """
    if not slug:
        return next(iter(memberships), None)
    for membership in memberships:
        if membership.workspace.slug == slug:
            return membership
    raise NotFound(sentence("There is no such workspace."))


def _page_number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_PAGE_DIGITS
    return max(1, int(text)) if is_number else 1
