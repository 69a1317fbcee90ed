"""Whether the caller may do what the view declares for the method; looked at early, to answer a proper challenge.

The selectors look again, to be safe.
"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from roboflow_auth.access.policy import require
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.workspaces.selectors import check_workspace


class DeclaredActions(BasePermission):
    """Lets through what the view, a `ResourceView`, declares in `actions` and its caller may do."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True.

        Raises `NoCredential` without a caller, `MethodNotAllowed` for a method without a declaration, `NotFound` for a
        workspace that is not the caller's, `Denied` or `MissingScope` as `access.require` does.
        """
        caller = view.caller
        action = declared_action(view, request.method)
        if action is None:
            raise MethodNotAllowed(str(request.method))
        if "workspace" in view.kwargs:
            check_workspace(caller, view.kwargs["workspace"])
        require(caller, action)
        return True


def declared_action(view: Any, method: str | None) -> Action | None:
    """Return what `view` declares for an HTTP method; HEAD is a GET without the body."""
    actions: dict[str, Action] = view.actions
    return actions.get("GET" if method == "HEAD" else str(method))
