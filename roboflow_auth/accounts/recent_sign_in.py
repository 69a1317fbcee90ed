"""Whether the person proved who they are a moment ago, which dangerous steps ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


def recent_sign_in_required(view: ViewT) -> ViewT:
    """Let a view be called only within five minutes of a proof of who the person is.

    Others prove it first and come back to the same address; a form that they sent is sent again.
    """
    return cast(ViewT, reauthentication_required(view, app="roboflow_auth"))
