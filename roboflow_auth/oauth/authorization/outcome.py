"""The way of an answer to its app, and what the page after it has to know (protocol.md P-A8; pages.md, "Consent").

Answers to https and to loopback redirect URIs go there at once by 303. Apps that listen on this computer end with a
page of their own, and not all of them would take their answer from anything but the one redirect they wait for.

Nobody shows anything behind a private-use scheme, so there the browser comes to a page of ours, which opens the app.

Where the app runs on another machine, nothing of it listens here, and the person carries the answer over by hand. That
takes longer than a redirect, so the code lives for five minutes. What the short life of other codes protects from does
not happen to this one: no browser requests the address that holds it, so it stands in no history and in no log, and
whoever sees it can't redeem it without the verifier of the app that began (PKCE). What remains is a stranger who began
and asks the person for the address; the page says so.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.core.http import no_store
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.authorization.answers import answer, answer_uri
from roboflow_auth.oauth.authorization.pending import HandleRefused, find_answered, kept_request
from roboflow_auth.oauth.models import AuthorizationCode, AuthorizationRequest
from roboflow_auth.oauth.replay import open_answer, seal_answer
from roboflow_auth.oauth.rules.redirect_uri import is_loopback, is_private_scheme


class Way(StrEnum):
    """How an answer reaches its app."""

    REDIRECT = "redirect"
    OPENING = "opening"
    BY_HAND = "by_hand"

    @property
    def code_seconds(self) -> int:
        """How long a code is good that goes this way."""
        return settings.PASTED_CODE_SECONDS if self is Way.BY_HAND else settings.AUTHORIZATION_CODE_SECONDS


class State(StrEnum):
    """What became of an answer."""

    DENIED = "denied"
    WAITING = "waiting"
    CONNECTED = "connected"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer that the person gave, as its page shows it.

    `uri` is where the app receives it, with the code in it; it is empty as soon as the app has no more use for it.
    `expires` is when the code ends, None where there is none.
    """

    row: AuthorizationRequest
    way: Way
    state: State
    uri: str
    expires: datetime | None

    @property
    def is_allowed(self) -> bool:
        """Whether the person said yes."""
        return self.state is not State.DENIED


def way_of(redirect_uri: str, *, is_elsewhere: bool) -> Way:
    """Return how an answer goes to `redirect_uri`; `is_elsewhere` is what the person says of the app's machine.

    They may say so of loopback URIs only: any other leads to the app from wherever the browser is.
    """
    if is_elsewhere and is_loopback(redirect_uri):
        return Way.BY_HAND
    return Way.OPENING if is_private_scheme(redirect_uri) else Way.REDIRECT


def send(row: AuthorizationRequest, handle: str, way: Way, parameters: Mapping[str, str]) -> HttpResponse:
    """Return the 303 to the app, or to the page from which its answer goes on. Call it in the answer's transaction."""
    if way is Way.REDIRECT:
        return answer(kept_request(row).redirect_uri, parameters)
    sealed = seal_answer(handle, row.pk, dict(parameters))
    outcome = {"way": way.value, "sealed": base64.b64encode(sealed).decode(), "is_shown": False}
    AuthorizationRequest.objects.filter(pk=row.pk).update(
        parameters={**row.parameters, "outcome": outcome},
        expires_at=timezone.now() + timedelta(seconds=settings.CONSENT_HANDLE_SECONDS),
    )
    return go_to_outcome(handle)


def go_to_outcome(handle: str) -> HttpResponse:
    """Return the way to the page after the answer. Its address holds the handle, which is worth nothing elsewhere."""
    location = f"{reverse('oauth:answered')}?{urlencode({'handle': handle})}"
    response = HttpResponse(status=303, headers={"Location": location, "Referrer-Policy": "no-referrer"})
    return no_store(response)


def find_outcome(request: HttpRequest, user: User, handle: str) -> Outcome:
    """Return what became of the question behind `handle`. Raises `HandleRefused`, also where the app shows it."""
    row = find_answered(request, user, handle)
    kept = row.parameters.get("outcome")
    parameters = open_answer(handle, row.pk, base64.b64decode(kept["sealed"])) if kept else None
    if kept is None or parameters is None:
        raise HandleRefused("no answer is kept under this handle")
    state, expires = _state(parameters.get("code", ""))
    is_over = state in (State.CONNECTED, State.LAPSED)
    uri = "" if is_over else answer_uri(kept_request(row).redirect_uri, parameters)
    return Outcome(row, Way(kept["way"]), state, uri, expires)


def show_once(outcome: Outcome) -> bool:
    """Return whether the page of `outcome` is shown for the first time, and note that it was.

    A page that is loaded again must not open the app again: an app that redeems its code twice loses what it bought.
    """
    kept = outcome.row.parameters["outcome"]
    if kept["is_shown"]:
        return False
    parameters = {**outcome.row.parameters, "outcome": {**kept, "is_shown": True}}
    AuthorizationRequest.objects.filter(pk=outcome.row.pk).update(parameters=parameters)
    return True


def _state(raw_code: str) -> tuple[State, datetime | None]:
    if not raw_code:
        return State.DENIED, None
    code = AuthorizationCode.objects.filter(code=hash_secret(raw_code)).first()
    if code is None or (code.redeemed_at is None and code.expires <= timezone.now()):
        return State.LAPSED, None
    return (State.CONNECTED if code.redeemed_at else State.WAITING), code.expires
