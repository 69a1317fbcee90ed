"""What is known of the request at hand, for logs and audit rows, wherever in the call stack they are written.

One context variable, set once by each door: the Django middleware for pages, OAuth and REST, the ASGI door for /mcp.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings


@dataclass(slots=True)
class RequestContext:
    """One request: its id (also the reference id on error pages), the door it came through, where from, since when.

    `issuer` is the address under which the caller knows this server (P-I1, P-I3): links in answers begin with it.
    """

    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    via: str = ""
    address: str = ""
    # What the caller says of its program; nobody checks it, so it is for people to read and decides nothing.
    user_agent: str = ""
    issuer: str = field(default_factory=lambda: str(settings.PUBLIC_URL))
    tool: str = ""
    arguments_digest: str = ""
    started_at: float = field(default_factory=time.monotonic)
    is_recorded: bool = False
    recorded_id: int | None = None
    # Rows that the door writes before it answers, for a call that changes nothing; None where each is written at once.
    deferred_rows: list[Any] | None = None

    @property
    def duration_ms(self) -> int:
        """Milliseconds since the request began."""
        return round((time.monotonic() - self.started_at) * 1000)


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def current_request() -> RequestContext:
    """Return the context of the request at hand, or an empty one outside of any (commands, shells)."""
    return request_at_hand() or RequestContext(via="command")


def request_at_hand() -> RequestContext | None:
    """Return the context of the request at hand, None outside of any."""
    return _current.get()


@contextmanager
def request_scope(context: RequestContext) -> Iterator[RequestContext]:
    """Make `context` the current one for the length of a block."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
