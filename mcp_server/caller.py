"""`caller: Caller`, the parameter through which a tool learns who asks.

A tool gets a Principal and never the credential behind it (P-M7). The parameter is filled in by the server, so it does
not stand in the schema that the model sees.
"""

from __future__ import annotations

from typing import Annotated

from roboflow_auth.access.principal import Principal

_FILLED_IN_BY_THE_SERVER = object()

Caller = Annotated[Principal, _FILLED_IN_BY_THE_SERVER]
"""Annotates the one parameter of a tool that the server fills in."""


def is_caller(annotation: object) -> bool:
    """Return whether a parameter's annotation is `Caller`."""
    return _FILLED_IN_BY_THE_SERVER in getattr(annotation, "__metadata__", ())
