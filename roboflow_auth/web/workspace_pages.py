"""What the pages of a workspace have in common: who is asking, and what is answered to those who may not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record_refusal
from roboflow_auth.core.errors import Denied, DomainError, NotFound
from roboflow_auth.core.languages import translated
from roboflow_auth.web.manners import SeeOther
from roboflow_auth.workspaces.selectors import find_membership, principal_of_member

P = ParamSpec("P")
# Django calls it with the parts of the address by name.
View = Callable[..., HttpResponseBase]
MemberView = Callable[Concatenate[HttpRequest, Principal, P], HttpResponseBase]


def workspace_page(back: str, *, to: Action | None = None) -> Callable[[MemberView[P]], View]:
    """Return a decorator for a page of one workspace, whose slug is the first part of the address after the request.

    The view gets the member in that workspace as its second argument, and is called only if the member may do `to`,
    where that is given: before anything else is asked of them. Whoever is not signed in signs in first, and comes to
    the page `back` (a URL's name, with the slug) if it was a form that they sent. What is not found, the workspaces of
    others included, is a 404; what the role does not allow is a 403; any other refusal is told on `back`.
    """

    def decorate(view: MemberView[P]) -> View:
        @wraps(view)
        def answer(request: HttpRequest, workspace: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                is_page = request.method in ("GET", "HEAD")
                return redirect_to_login(request.get_full_path() if is_page else reverse(back, args=[workspace]))
            try:
                principal = _principal(user, workspace)
                return _answer(request, principal, lambda: view(request, principal, *args, **kwargs), to)
            except NotFound as error:
                raise Http404(error.description) from error
            except DomainError as error:
                messages.error(request, translated(error.description))
                return SeeOther(reverse(back, args=[workspace]))

        return answer

    return decorate


def _principal(user: Any, workspace: str) -> Principal:
    membership = find_membership(user, workspace)
    membership.user = user
    return principal_of_member(membership)


def _answer(
    request: HttpRequest, principal: Principal, view: Callable[[], HttpResponseBase], to: Action | None
) -> HttpResponseBase:
    try:
        if to is not None:
            require(principal, to)
        return view()
    except Denied as error:
        record_refusal(principal, to or "open_page", error, request.path)
        raise PermissionDenied(error.description) from error
