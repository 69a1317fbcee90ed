"""Where a form leads that was sent: to a page that can be loaded again without sending it again (RFC 9110 §15.4.4)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse


def see_other(name: str, *names: str, **query: str) -> HttpResponse:
    """Return the 303 to the page called `name`, whose path holds `names`, with `query`."""
    path = reverse(name, args=names)
    return HttpResponse(status=303, headers={"Location": f"{path}?{urlencode(query)}" if query else path})
