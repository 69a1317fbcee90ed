"""The authorization endpoint (RFC 6749 §3.1; protocol.md section 4).

GET checks the request and asks the person; the answer comes as a POST (endpoints/consent.py). Nothing happens on a GET
that can happen only once: clients and browsers fetch the URL before the person does (P-A10).
"""

from __future__ import annotations

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from roboflow_auth.core.http import MalformedBody, client_address, read_bytes
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.oauth.authorization.answers import error_answer
from roboflow_auth.oauth.authorization.inquiry import inquire
from roboflow_auth.oauth.authorization.pending import keep_request
from roboflow_auth.oauth.authorization.request import (
    RefusedRequest,
    UnanswerableRequest,
    ValidatedRequest,
    validate_request,
)
from roboflow_auth.oauth.authorization.sign_in import ask_to_sign_in, ask_to_sign_in_again, needs_sign_in_again
from roboflow_auth.oauth.endpoints.consent import allow, answer_consent, show_consent
from roboflow_auth.oauth.endpoints.refusal import refusal_page, turned_away_page
from roboflow_auth.oauth.endpoints.waiting import begin_waiting
from roboflow_auth.oauth.errors import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    InvalidRequest,
    LoginRequired,
    OAuthError,
    UnknownClient,
)
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.client_policy import Standing, standing_of

log = structlog.get_logger(__name__)


@csrf_exempt
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the person, or take their answer. The answer has CSRF protection of its own."""
    if request.method in ("GET", "HEAD"):
        return _ask(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    try:
        read_bytes(request)
    except MalformedBody as error:
        return refusal_page(request, UnanswerableRequest(InvalidRequest(error.description)))
    if "handle" in request.POST:
        return answer_consent(request)
    # OpenID Connect Core §3.1.2.1: a request may come as a form. It goes on as a GET, which has no side effects.
    return HttpResponse(status=303, headers={"Location": f"{request.path}?{request.POST.urlencode()}"})


def _ask(request: HttpRequest) -> HttpResponse:
    issuer = public_url_of(request)
    try:
        validated, client = validate_request(request.META.get("QUERY_STRING", ""), issuer, client_address(request))
    except UnanswerableRequest as refusal:
        return refusal_page(request, refusal)
    except RefusedRequest as refusal:
        log.info("authorization_refused", error=refusal.error.error, description=refusal.error.description)
        if not (request.user.is_authenticated or refusal.is_silent):
            # RFC 9700 §4.11.2: a link that sends strangers on at once would make this server an open redirector.
            return ask_to_sign_in(request)
        return error_answer(refusal.redirect_uri, refusal.error, state=refusal.state, issuer=issuer)
    if "none" in validated.prompts:
        return _answer_silently(request, client, validated)
    try:
        return _ask_person(request, client, validated)
    except IntegrityError:
        if Client.objects.filter(pk=client.pk).exists():
            raise
        # P-C7: the client was pruned, or deleted, between the check and the question.
        return refusal_page(request, UnanswerableRequest(UnknownClient("The client is not known here any more.")))


def _answer_silently(request: HttpRequest, client: Client, validated: ValidatedRequest) -> HttpResponse:
    """Answer a request with `prompt=none`, which gets an answer at once and never a page (P-A6)."""
    user = request.user
    standing = standing_of(client, validated.redirect_uri)
    if standing is Standing.TURNED_AWAY:
        return _refuse(validated, AccessDenied())
    if not user.is_authenticated or needs_sign_in_again(request, validated):
        return _refuse(validated, LoginRequired())
    if standing is Standing.WAITS:
        return _refuse(validated, InteractionRequired())
    inquiry = inquire(user, client, validated)
    if not inquiry.may_be_skipped:
        return _refuse(validated, ConsentRequired())
    return allow(request, inquiry, granted=inquiry.question.usable)


def _ask_person(request: HttpRequest, client: Client, validated: ValidatedRequest) -> HttpResponse:
    """Lead the person to the question: past the sign-in, and past staff where they have to approve the app first."""
    user = request.user
    standing = standing_of(client, validated.redirect_uri)
    if standing is Standing.TURNED_AWAY:
        return turned_away_page(request, client)
    if not user.is_authenticated:
        return ask_to_sign_in(request)
    if needs_sign_in_again(request, validated):
        return ask_to_sign_in_again(request)
    if standing is Standing.WAITS:
        return begin_waiting(request, user, client, validated)
    inquiry = inquire(user, client, validated)
    if inquiry.may_be_skipped:
        return allow(request, inquiry, granted=inquiry.question.usable)
    return show_consent(request, inquiry, keep_request(request, user, client, validated))


def _refuse(validated: ValidatedRequest, error: OAuthError) -> HttpResponse:
    return error_answer(validated.redirect_uri, error, state=validated.state, issuer=validated.issuer)
