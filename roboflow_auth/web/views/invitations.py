"""An invitation as the invited person meets it: the link of the mail, the page, the answer.

The secret of the link stays out of the addresses of pages: the browser session remembers which invitation it opened.
So it survives signing up, confirming the address and a second factor. In another browser the invitation stands on the
start page of whoever has confirmed its address.
"""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roboflow_auth.accounts.adapter import WAITING_PATH_KEY
from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import NotFound
from roboflow_auth.web.manners import person_page, see_other
from roboflow_auth.web.role_words import words_in_groups
from roboflow_auth.workspaces.invitations import (
    accept_invitation,
    decline_invitation,
    find_invitation,
    is_invited,
    open_invitation,
)

_OPENED_KEY = "opened_invitations"
# A browser session remembers this many; nobody answers more of them at a time.
_MOST_OPENED = 8


@require_safe
def invitation_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take the link of a mail to the page of its invitation, and remember that it was opened here.

    Mail programs open links ahead of people: nothing is accepted by it.
    """
    try:
        invitation = open_invitation(token)
    except NotFound:
        return _gone(request)
    opened = [pk for pk in _opened(request) if pk != invitation.pk]
    request.session[_OPENED_KEY] = [*opened, invitation.pk][-_MOST_OPENED:]
    return see_other("web:invitation", invitation.pk)


@require_safe
def invitation(request: HttpRequest, invitation: int) -> HttpResponseBase:
    """Show who asks the person where and as what, and let them answer, or sign in as whom it is for first."""
    user = request.user if request.user.is_authenticated else None
    try:
        found = find_invitation(user, invitation, _opened(request))
    except NotFound:
        return _gone(request)
    if user is None:
        # The sign-in fills in the address, as for an app that says whom it expects.
        request.session[WAITING_PATH_KEY] = f"{request.path}?{urlencode({'login_hint': found.email})}"
    elif str(request.session.get(WAITING_PATH_KEY, "")).startswith(request.path):
        del request.session[WAITING_PATH_KEY]
    context = {"invitation": found, "is_invited": is_invited(user, found), "allowed": words_in_groups(found.actions)}
    return render(request, "web/invitation.html", context)


@require_POST
@person_page("web:home")
def accept(request: HttpRequest, user: User, invitation: int) -> HttpResponseBase:
    """Let the person in."""
    membership = accept_invitation(user, invitation)
    messages.success(request, _("Welcome to %(workspace)s.") % {"workspace": membership.workspace.name})
    return see_other("web:workspace", membership.workspace.slug)


@require_POST
@person_page("web:home")
def decline(request: HttpRequest, user: User, invitation: int) -> HttpResponseBase:
    """Take a no."""
    declined = decline_invitation(user, invitation)
    messages.success(request, _("You declined. %(workspace)s stays as it is.") % {"workspace": declined.workspace.name})
    return see_other("web:home")


def _opened(request: HttpRequest) -> list[int]:
    return cast("list[int]", request.session.get(_OPENED_KEY, []))


def _gone(request: HttpRequest) -> HttpResponseBase:
    return render(request, "web/invitation_gone.html", status=404)
