"""A workspace's first page, leaving it, making a new one, and what its owner alone may do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.recent_sign_in import recent_sign_in_required
from roboflow_auth.core.errors import Conflict
from roboflow_auth.core.languages import translated
from roboflow_auth.web.forms.members import DeletionForm, TransferForm, WorkspaceForm
from roboflow_auth.web.manners import person_page, see_other
from roboflow_auth.web.role_words import words_in_groups
from roboflow_auth.web.workspace_pages import workspace_page
from roboflow_auth.workspaces.members import leave_workspace
from roboflow_auth.workspaces.ownership import delete_workspace, list_heirs, rename_workspace, transfer_workspace
from roboflow_auth.workspaces.selectors import view_overview
from roboflow_auth.workspaces.services import open_workspace

_BACK = "web:workspace"


@require_safe
@workspace_page("web:home", to=Action.VIEW_WORKSPACE)
def overview(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Show what the workspace is, and what the person may do in it."""
    context = {
        "workspace": principal,
        "overview": view_overview(principal),
        "allowed": words_in_groups(principal.actions),
    }
    return render(request, "web/workspace.html", context)


@require_POST
@workspace_page(_BACK)
def leave(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """End the person's own membership."""
    leave_workspace(principal)
    messages.success(request, _("You left %(name)s.") % {"name": principal.workspace_name})
    return see_other("web:home")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page("web:home")
def new_workspace(request: HttpRequest, user: User) -> HttpResponseBase:
    """Make a workspace that the person owns."""
    form = WorkspaceForm(request.POST or None)
    if form.is_valid():
        workspace = open_workspace(user, form.cleaned_data["name"])
        messages.success(request, _("%(name)s is made. Now invite the people you work with.") % {"name": workspace})
        return see_other(_BACK, workspace.slug)
    return render(request, "web/workspace_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(_BACK, to=Action.TRANSFER_WORKSPACE)
def settings_page(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Rename the workspace, and show the way to what is final."""
    form = WorkspaceForm(request.POST or None, initial={"name": principal.workspace_name})
    if form.is_valid():
        rename_workspace(principal, form.cleaned_data["name"])
        messages.success(request, _("The workspace has a new name."))
        return see_other("web:workspace_settings", principal.workspace)
    return render(request, "web/workspace_settings.html", {"workspace": principal, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(_BACK, to=Action.TRANSFER_WORKSPACE)
@recent_sign_in_required
def transfer(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Give the workspace to another member."""
    form = TransferForm(request.POST or None, heirs=list_heirs(principal))
    if form.is_valid():
        try:
            heir = transfer_workspace(principal, int(form.cleaned_data["member"]))
        except Conflict as refusal:
            form.add_error(None, translated(refusal.description))
        else:
            messages.success(
                request, _("%(person)s owns the workspace now. You are an admin.") % {"person": heir.user.email}
            )
            return see_other(_BACK, principal.workspace)
    return render(request, "web/workspace_transfer.html", {"workspace": principal, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(_BACK, to=Action.DELETE_WORKSPACE)
@recent_sign_in_required
def delete(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Delete the workspace, once its slug is typed."""
    form = DeletionForm(request.POST or None, expected=principal.workspace)
    if form.is_valid():
        try:
            delete_workspace(principal, form.cleaned_data["slug"])
        except Conflict as refusal:
            form.add_error(None, translated(refusal.description))
        else:
            messages.success(request, _("%(name)s is deleted.") % {"name": principal.workspace_name})
            return see_other("web:home")
    return render(request, "web/workspace_delete.html", {"workspace": principal, "form": form})
