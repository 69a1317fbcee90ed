"""What a page answers when a service refuses, and the audit row that the refusal leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import ROLES
from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.recorder import has_recorded, record_refusal
from roboflow_auth.core.errors import Denied, DomainError, NotFound
from roboflow_auth.workspaces.models import ROLE_LABELS
from roboflow_auth.workspaces.selectors import find_membership

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class LackingRole:
    """That a role is all that is lacking: the one that the person has in which workspace, and those that would do.

    `roles` is empty where only the owner may: nobody can be given that role.
    """

    workspace: str
    role: str
    roles: str


def lacking_role(user: Any, error: BaseException | None) -> LackingRole | None:
    """Return which role `user` needs after `error`; None where another role would not help, or nobody can tell."""
    if not isinstance(error, Denied) or not error.lacks:
        return None
    try:
        membership = find_membership(user, error.workspace)
    except NotFound:
        return None
    enough = [str(ROLE_LABELS[role]) for role, actions in ROLES.items() if error.lacks in actions]
    if len(enough) == 1:
        return LackingRole(membership.workspace.name, membership.role_label, "")
    return LackingRole(membership.workspace.name, membership.role_label, get_text_list(enough, _("or")))


def refusals_as_pages(view: View) -> View:
    """Answer `NotFound` of a view's services with the page for nothing, and `Denied` with that for nobody."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.description) from error
        except Denied as error:
            raise PermissionDenied(error.description) from error

    return answer


def note_refusal(principal: Principal, action: str, error: DomainError, target: str = "") -> None:
    """Leave one row for what `principal` was refused, unless the service left one."""
    if not has_recorded():
        record_refusal(principal, action, error, target)
