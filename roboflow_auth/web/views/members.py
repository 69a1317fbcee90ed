"""The people of a workspace: who is in it and as what, and who is asked in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.errors import Conflict, InvalidInput, TooManyRequests
from roboflow_auth.core.languages import translated
from roboflow_auth.web.forms.members import InvitationForm
from roboflow_auth.web.invitation_mail import send_invitation
from roboflow_auth.web.manners import see_other
from roboflow_auth.web.workspace_pages import workspace_page
from roboflow_auth.workspaces.invitations import (
    invite,
    list_invitations,
    resend_invitation,
    withdraw_invitation,
    worth_something,
)
from roboflow_auth.workspaces.members import change_member_role, list_roster, may_manage, remove_member
from roboflow_auth.workspaces.models import Invitation
from roboflow_auth.workspaces.roles import RoleView, list_roles, roles_to_give

_BACK = "web:workspace_members"
_PAGE = 50
_MOST_PAGES = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("web:workspace", to=Action.VIEW_MEMBER)
def members(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """List the members and the invitations, and take a new invitation."""
    givable = roles_to_give(principal, list_roles(principal))
    form = InvitationForm(request.POST or None, roles=givable)
    if form.is_valid() and _invite(request, principal, form):
        return see_other(_BACK, principal.workspace)
    page_number = _page_number(request)
    roster = list_roster(principal, limit=_PAGE, offset=(page_number - 1) * _PAGE)
    context = {
        "workspace": principal,
        "members": [
            {"row": row, "is_me": row.user_id == principal.user_id, "may_manage": may_manage(principal, row)}
            for row in roster.rows
        ],
        "total": roster.total,
        "roles": givable,
        "form": form,
        "previous_page": page_number - 1,
        "next_page": page_number + 1 if roster.offset + len(roster.rows) < roster.total else 0,
        "invitations": _invitations(principal, givable) if Action.MANAGE_MEMBER in principal.actions else [],
    }
    return render(request, "web/workspace_members.html", context)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_MEMBER)
def change_role(request: HttpRequest, principal: Principal, member: int) -> HttpResponseBase:
    """Give a member another role."""
    changed = change_member_role(principal, member, request.POST.get("role", ""))
    words = {"person": changed.user.email, "role": changed.role_label}
    messages.success(request, _("%(person)s is %(role)s now. It counts from the next click or call on.") % words)
    return see_other(_BACK, principal.workspace)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_MEMBER)
def remove(request: HttpRequest, principal: Principal, member: int) -> HttpResponseBase:
    """End somebody's membership."""
    removed = remove_member(principal, member)
    words = {"person": removed.user.email}
    messages.success(request, _("%(person)s is out. The apps and keys they connected here have ended.") % words)
    return see_other(_BACK, principal.workspace)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_MEMBER)
def resend(request: HttpRequest, principal: Principal, invitation: int) -> HttpResponseBase:
    """Send an invitation again, with a new link."""
    _send(request, principal, *resend_invitation(principal, invitation))
    return see_other(_BACK, principal.workspace)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_MEMBER)
def withdraw(request: HttpRequest, principal: Principal, invitation: int) -> HttpResponseBase:
    """Take an invitation back."""
    withdrawn = withdraw_invitation(principal, invitation)
    messages.success(request, _("The invitation of %(address)s is withdrawn.") % {"address": withdrawn.email})
    return see_other(_BACK, principal.workspace)


def _invite(request: HttpRequest, principal: Principal, form: InvitationForm) -> bool:
    try:
        sent = invite(principal, form.cleaned_data["email"], form.cleaned_data["role"])
    except (Conflict, InvalidInput, TooManyRequests) as refusal:
        form.add_error("email", translated(refusal.description))
        return False
    _send(request, principal, *sent)
    return True


def _send(request: HttpRequest, principal: Principal, invitation: Invitation, raw_token: str) -> None:
    words = {"address": invitation.email}
    if send_invitation(principal, invitation, raw_token):
        messages.success(request, _("%(address)s is invited. The link in the mail works for seven days.") % words)
    else:
        messages.warning(request, _("The mail to %(address)s could not be sent. Try «Send again» later.") % words)


def _invitations(principal: Principal, givable: list[RoleView]) -> list[dict[str, Any]]:
    found, now = list_invitations(principal), timezone.now()
    worth, can_give = worth_something(found, now), {role.slug for role in givable}
    return [
        {
            "row": invitation,
            "is_expired": invitation.is_expired(now),
            "is_worthless": invitation.pk not in worth,
            "may_resend": invitation.role in can_give,
        }
        for invitation in found
    ]


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return max(1, min(int(asked), _MOST_PAGES)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
