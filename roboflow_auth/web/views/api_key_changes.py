"""Changing and ending an API key from its page: each answers with the page again, and says what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.selectors import find_membership_at
from roboflow_auth.api_keys.services import revoke_api_key, update_api_key
from roboflow_auth.core.errors import Conflict, Denied, InvalidInput
from roboflow_auth.core.languages import translated
from roboflow_auth.web.manners import see_other
from roboflow_auth.web.refusals import note_refusal, refusals_as_pages
from roboflow_auth.workspaces.selectors import principal_of_member


@login_required
@require_POST
@refusals_as_pages
def rename(request: HttpRequest, key_id: str) -> HttpResponse:
    """Give the key another name."""
    name = request.POST.get("name", "")
    return _change(request, key_id, _("The key has its new name."), name=name)


@login_required
@require_POST
@refusals_as_pages
def change_scopes(request: HttpRequest, key_id: str) -> HttpResponse:
    """Leave the key the permissions that are still ticked."""
    scopes = request.POST.getlist("scope")
    return _change(request, key_id, _("The key can do only this from now on."), scopes=scopes)


@login_required
@require_POST
@refusals_as_pages
def change_state(request: HttpRequest, key_id: str) -> HttpResponse:
    """Disable the key, or enable it again."""
    is_disabled = request.POST.get("disabled") == "yes"
    said = _("The key is disabled. What uses it is refused from now on.") if is_disabled else _("The key works again.")
    return _change(request, key_id, said, disabled=is_disabled)


@login_required
@require_POST
@refusals_as_pages
def revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    """End the key for good, and go back to the list."""
    membership = find_membership_at(cast(User, request.user), key_id)
    principal = principal_of_member(membership)
    key = _try(principal, Action.REVOKE_API_KEY, lambda: revoke_api_key(principal, key_id))
    messages.success(request, _("“%(name)s” is revoked.") % {"name": key.name})
    return see_other("web:keys", workspace=membership.workspace.slug)


def _change(request: HttpRequest, key_id: str, said: str, **changes: Any) -> HttpResponse:
    principal = principal_of_member(find_membership_at(cast(User, request.user), key_id))
    try:
        _try(principal, Action.UPDATE_API_KEY, lambda: update_api_key(principal, key_id, **changes))
        messages.success(request, said)
    except (Conflict, InvalidInput) as error:
        messages.error(request, translated(error.description))
    return see_other("web:key", key_id)


def _try(principal: Principal, action: Action, service: Callable[[], Any]) -> Any:
    try:
        return service()
    except (Conflict, Denied, InvalidInput) as error:
        note_refusal(principal, action, error)
        raise
