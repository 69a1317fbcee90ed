"""The roles of a workspace: what each allows, and making, changing and removing own ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.recent_sign_in import recent_sign_in_required
from roboflow_auth.core.errors import Conflict, InvalidInput
from roboflow_auth.core.languages import translated
from roboflow_auth.web.forms.members import RoleForm
from roboflow_auth.web.manners import see_other
from roboflow_auth.web.role_words import words_in_groups
from roboflow_auth.web.workspace_pages import workspace_page
from roboflow_auth.workspaces.models import Role, split_actions
from roboflow_auth.workspaces.roles import (
    RoleView,
    change_role,
    choosable_actions,
    create_role,
    find_role,
    list_roles,
    remove_role,
)

_BACK = "web:workspace_roles"


@require_safe
@workspace_page("web:workspace", to=Action.VIEW_MEMBER)
def roles(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """List the roles with what they allow, in words."""
    shown = [_card(principal, role) for role in list_roles(principal)]
    context = {
        "workspace": principal,
        "own_roles": [card for card in shown if card["role"].own],
        "system_roles": [card for card in shown if not card["role"].own],
        "may_change": Action.MANAGE_ROLE in principal.actions,
    }
    return render(request, "web/workspace_roles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(_BACK, to=Action.MANAGE_ROLE)
@recent_sign_in_required
def new_role(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Make a role by duplicating one and choosing what it allows."""
    model = _model(principal, request.GET.get("from", ""))
    initial = {"name": _("Copy of %(role)s") % {"role": model.label}, "actions": [*model.actions]} if model else {}
    form = RoleForm(request.POST or None, choosable=choosable_actions(principal), initial=initial)
    if form.is_valid():
        try:
            role = create_role(principal, form.cleaned_data["name"], form.chosen)
        except (Conflict, InvalidInput) as refusal:
            form.add_error("name", translated(refusal.description))
        else:
            messages.success(request, _("The role %(role)s is made. Give it to somebody.") % {"role": role})
            return see_other(_BACK, principal.workspace)
    return _form_page(request, principal, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(_BACK, to=Action.MANAGE_ROLE)
@recent_sign_in_required
def edit_role(request: HttpRequest, principal: Principal, role: str) -> HttpResponseBase:
    """Change an own role; its members feel it at once."""
    found = find_role(principal, role, to=Action.MANAGE_ROLE)
    require(principal, *split_actions(found.actions))
    initial = {"name": found.name, "actions": found.actions.split()}
    form = RoleForm(request.POST or None, choosable=choosable_actions(principal), initial=initial)
    if form.is_valid():
        try:
            change_role(principal, role, form.cleaned_data["name"], form.chosen)
        except (Conflict, InvalidInput) as refusal:
            form.add_error("name", translated(refusal.description))
        else:
            messages.success(request, _("The role is changed. It counts from the next click or call on."))
            return see_other(_BACK, principal.workspace)
    return _form_page(request, principal, form, found)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_ROLE)
@recent_sign_in_required
def delete_role(request: HttpRequest, principal: Principal, role: str) -> HttpResponseBase:
    """Remove an own role that nobody has."""
    messages.success(request, _("The role %(role)s is removed.") % {"role": remove_role(principal, role)})
    return see_other(_BACK, principal.workspace)


def _card(principal: Principal, role: RoleView) -> dict[str, Any]:
    return {
        "role": role,
        "groups": words_in_groups(role.actions),
        "is_within": role.actions <= principal.actions,
        "sees_own_jobs_only": Action.VIEW_BATCH not in role.actions,
    }


def _model(principal: Principal, slug: str) -> RoleView | None:
    return next((role for role in list_roles(principal) if role.slug == slug), None) if slug else None


def _form_page(request: HttpRequest, principal: Principal, form: RoleForm, role: Role | None) -> HttpResponseBase:
    choosable = choosable_actions(principal) - {Action.VIEW_WORKSPACE}
    context = {"workspace": principal, "form": form, "role": role, "groups": words_in_groups(choosable)}
    return render(request, "web/workspace_role.html", context)
