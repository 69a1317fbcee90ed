"""The page after the answer, where the app has none: "You can close this window" (pages.md, "Consent"; RFC 8252 §7.1).

For private-use schemes it opens the app, by a header and not by a script, and has a link for browsers that block that.
For an app on another machine it shows the address to paste. The code stands in no address that a browser keeps.
"""

from __future__ import annotations

import math
import shlex
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone

from roboflow_auth.core.http import no_store
from roboflow_auth.oauth.authorization.outcome import Outcome, State, Way, find_outcome, show_once
from roboflow_auth.oauth.authorization.page import shown_answer, shown_client
from roboflow_auth.oauth.authorization.pending import HandleRefused, kept_request, signed_in_person
from roboflow_auth.oauth.endpoints.refusal import expired_page


def answered(request: HttpRequest) -> HttpResponse:
    """Show what became of the answer that this person gave in this browser."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        outcome = find_outcome(request, signed_in_person(request), request.GET.get("handle", ""))
    except HandleRefused:
        return expired_page(request)
    return _page(request, outcome)


def _page(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    is_pasted = outcome.way is Way.BY_HAND and outcome.state is State.WAITING
    template = "oauth/answered/paste.html" if is_pasted else "oauth/answered/closing.html"
    response = render(request, template, _context(request, outcome))
    # A GET may be made ahead of time and never be seen; then the app is opened by the one that is seen.
    is_seen = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    if outcome.way is Way.OPENING and outcome.uri and is_seen and show_once(outcome):
        response["Refresh"] = f"0; url={outcome.uri}"
    # P-A9: the page holds a code. `same-origin`, which other pages have, would do; nothing is asked from here.
    response["Referrer-Policy"] = "no-referrer"
    return no_store(response)


def _context(request: HttpRequest, outcome: Outcome) -> dict[str, Any]:
    redirect_uri = kept_request(outcome.row).redirect_uri
    left = (outcome.expires - timezone.now()).total_seconds() if outcome.expires else 0
    return {
        "client": shown_client(outcome.row.client, redirect_uri),
        "answer": shown_answer(redirect_uri),
        "account": {"email": outcome.row.user.email},
        "state": outcome.state.value,
        "is_opened": outcome.way is Way.OPENING and bool(outcome.uri),
        "uri": outcome.uri,
        "command": f"curl {shlex.quote(outcome.uri)}",
        "minutes_left": max(1, math.ceil(left / 60)),
        "expires": outcome.expires,
        "check_url": request.get_full_path(),
    }
