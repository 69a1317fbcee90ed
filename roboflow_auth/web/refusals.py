"""What a page answers when a service refuses, and the audit row that the refusal leaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.recorder import has_recorded, record_refusal
from roboflow_auth.core.errors import Denied, DomainError, NotFound

View = Callable[..., HttpResponseBase]


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
