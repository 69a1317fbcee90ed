"""The authorization endpoint (RFC 6749 §3.1; protocol.md section 4).

GET checks the request and asks the person; the answer comes as a POST (endpoints/consent.py). Nothing happens on a GET
that can happen only once: clients and browsers fetch the URL before the person does (P-A10).
"""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from roboflow_auth.accounts.models import User
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
from roboflow_auth.oauth.endpoints.refusal import refusal_page
from roboflow_auth.oauth.errors import ConsentRequired, InvalidRequest, LoginRequired, OAuthError
from roboflow_auth.oauth.models import Client

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
    user = request.user
    is_silent = "none" in validated.prompts
    if not user.is_authenticated:
        return _refuse(validated, LoginRequired()) if is_silent else ask_to_sign_in(request)
    if needs_sign_in_again(request, validated):
        return _refuse(validated, LoginRequired()) if is_silent else ask_to_sign_in_again(request)
    return _ask_person(request, user, client, validated)


def _ask_person(request: HttpRequest, user: User, client: Client, validated: ValidatedRequest) -> HttpResponse:
    inquiry = inquire(user, client, validated)
    if inquiry.may_be_skipped:
        return allow(request, inquiry, granted=inquiry.question.usable)
    if "none" in validated.prompts:
        return _refuse(validated, ConsentRequired())
    with translation.override(_language(validated) or translation.get_language()):
        return show_consent(request, inquiry, keep_request(request, user, client, validated))


def _refuse(validated: ValidatedRequest, error: OAuthError) -> HttpResponse:
    # P-A6: prompt=none gets an answer, never a page.
    return error_answer(validated.redirect_uri, error, state=validated.state, issuer=validated.issuer)


def _language(validated: ValidatedRequest) -> str:
    """Return the first of the request's `ui_locales` that the pages speak (OpenID Connect Core §3.1.2.1)."""
    for locale in validated.ui_locales.split():
        try:
            return translation.get_supported_language_variant(locale)
        except LookupError:
            continue
    return ""
