"""The consent page and the person's answer (protocol.md P-A3, P-A7..P-A9; pages.md, "Consent").

The form carries a handle and choices. What was asked for, and where the answer goes, is the server's own record.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from roboflow_auth.accounts.adapter import WAITING_PATH_KEY
from roboflow_auth.accounts.models import User
from roboflow_auth.core.languages import language_for
from roboflow_auth.core.removal import is_gone
from roboflow_auth.oauth.announcements import announce_connection
from roboflow_auth.oauth.authorization.answers import answer, error_parameters, form_action_source
from roboflow_auth.oauth.authorization.codes import issue_code, record_denial
from roboflow_auth.oauth.authorization.device import go_to_answered_page
from roboflow_auth.oauth.authorization.inquiry import Inquiry, inquire
from roboflow_auth.oauth.authorization.outcome import Way, find_outcome, go_to_outcome, send, way_of
from roboflow_auth.oauth.authorization.page import Marks, consent_context
from roboflow_auth.oauth.authorization.pending import (
    HandleRefused,
    claim_request,
    find_request,
    kept_request,
    show_anew,
    signed_in_person,
)
from roboflow_auth.oauth.authorization.question import ChoiceRefused, Choices, read_choices
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.authorization.sign_in import ask_as_somebody_else, sign_in_of, signed_in_at
from roboflow_auth.oauth.clients import shown_metadata
from roboflow_auth.oauth.connections import allow_connection
from roboflow_auth.oauth.device_codes import allow_device, deny_device
from roboflow_auth.oauth.endpoints.refusal import expired_page
from roboflow_auth.oauth.errors import AccessDenied
from roboflow_auth.oauth.models import AuthorizationRequest, Connection
from roboflow_auth.oauth.rules.client_policy import Standing, standing_of
from roboflow_auth.oauth.workspace_apps.rules import NotWelcome, Welcome


def show_consent(
    request: HttpRequest,
    inquiry: Inquiry,
    handle: str,
    errors: Sequence[str] = (),
    marks: Marks | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page that asks the person, with a policy that lets the answer reach this client and nobody else."""
    request.session.pop(WAITING_PATH_KEY, None)
    with translation.override(language_for(request, inquiry.validated.ui_locales)):
        context = {**consent_context(inquiry, handle, errors, marks), "is_elsewhere": _is_elsewhere(request)}
        response = render(request, "oauth/consent.html", context, status=status)
    # P-A9: Chromium enforces form-action on the redirect that follows the form.
    policy = {"form-action": [form_action_source(inquiry.validated.redirect_uri)]}
    if context["client"]["logo_url"]:
        policy["img-src"] = [form_action_source(context["client"]["logo_url"])]
    response._csp_update = policy  # type: ignore[attr-defined]
    return response


@csrf_protect
def answer_consent(request: HttpRequest) -> HttpResponse:
    """Take the person's answer: allow, deny, or another workspace to be asked in."""
    handle = request.POST.get("handle", "")
    try:
        user = signed_in_person(request)
        row = find_request(request, user, handle)
        return _decide(request, user, row, handle)
    except HandleRefused:
        return _answered_already(request, handle)
    except (DatabaseError, ObjectDoesNotExist) as error:
        if not is_gone(error):
            raise
        # The app or the workspace was deleted while the person answered, and the question with it.
        return expired_page(request)


def switch_account(request: HttpRequest) -> HttpResponse:
    """Let another person answer: sign out, sign in, be asked the same. The handle keeps strangers from forging it."""
    try:
        row = find_request(request, signed_in_person(request), request.GET.get("handle", ""))
    except HandleRefused:
        return expired_page(request)
    return ask_as_somebody_else(request, kept_request(row))


def _decide(request: HttpRequest, user: User, row: AuthorizationRequest, handle: str) -> HttpResponse:
    validated = kept_request(row)
    decision = request.POST.get("decision", "")
    if decision == "deny":
        return _deny(request, user, row, handle)
    if standing_of(row.client, validated.redirect_uri) is not Standing.MAY_ASK:
        # P-C9: the handle of a request that waits for staff is no way past them.
        raise HandleRefused("staff have not approved the client")
    inquiry = inquire(user, row.client, validated, request.POST.get("workspace", ""))
    if show_anew(row):
        return _ask_again(request, inquiry, handle, _("The app changed in the meantime. Look again."))
    if decision == "workspace":
        return show_consent(request, inquiry, handle, marks=Marks.of(request.POST))
    if decision != "allow" or inquiry.question.membership is None:
        return _ask_again(request, inquiry, handle, _("Choose a workspace."))
    return _allow_as_chosen(request, row, inquiry, handle)


def _allow_as_chosen(request: HttpRequest, row: AuthorizationRequest, inquiry: Inquiry, handle: str) -> HttpResponse:
    if inquiry.welcome is not Welcome.ALLOWED:
        # The page says what stands in the way.
        return _ask_again(request, inquiry, handle)
    try:
        choices = read_choices(inquiry.question, request.POST)
    except ChoiceRefused as refusal:
        return _ask_again(request, inquiry, handle, str(refusal))
    try:
        return _grant(request, row, inquiry, choices, handle)
    except NotWelcome:
        # Admins decided while the person did. Nothing was claimed, and the page asks anew as things are now.
        anew = inquire(inquiry.user, inquiry.client, inquiry.validated, request.POST.get("workspace", ""))
        return _ask_again(request, anew, handle)


def _ask_again(request: HttpRequest, inquiry: Inquiry, handle: str, *errors: str) -> HttpResponse:
    """Return the page once more, with what stands in the way and all that the person had marked."""
    return show_consent(request, inquiry, handle, errors, Marks.of(request.POST), status=422)


def _grant(
    request: HttpRequest, row: AuthorizationRequest, inquiry: Inquiry, choices: Choices, handle: str
) -> HttpResponse:
    """Write down what the person agreed to, and send it where the app waits for it: to its redirect URI or device."""
    with transaction.atomic():
        claim_request(row)
        connection = _agree(inquiry, choices)
        if row.device is None:
            way = _chosen_way(request, inquiry.validated)
            answered = _code_parameters(request, inquiry.validated, connection, choices.granted, way)
            return send(row, handle, way, answered)
        if not allow_device(row.device, connection, choices.granted, signed_in_at(request)):
            raise HandleRefused("the device got another answer, or its code has expired")
        return go_to_answered_page(request, row.client, is_allowed=True)


def allow(request: HttpRequest, inquiry: Inquiry, *, granted: frozenset[str]) -> HttpResponse:
    """Return the redirect with a code for `granted` scopes of the one connection that the person had allowed."""
    validated = inquiry.validated
    # Nobody waits any more, where the answer needed no page either.
    request.session.pop(WAITING_PATH_KEY, None)
    with transaction.atomic():
        answered = _code_parameters(request, validated, inquiry.connections[0], granted, Way.REDIRECT)
    return answer(validated.redirect_uri, answered)


def _code_parameters(
    request: HttpRequest, validated: ValidatedRequest, connection: Connection, granted: frozenset[str], way: Way
) -> dict[str, str]:
    raw_code = issue_code(connection, validated, granted, sign_in_of(request), seconds=way.code_seconds)
    return {"code": raw_code, "state": validated.state, "iss": validated.issuer}


def _chosen_way(request: HttpRequest, validated: ValidatedRequest) -> Way:
    return way_of(validated.redirect_uri, is_elsewhere=_is_elsewhere(request))


def _is_elsewhere(request: HttpRequest) -> bool:
    """Return whether the person says that the app runs on another machine."""
    return request.POST.get("elsewhere", "") == "1"


def _answered_already(request: HttpRequest, handle: str) -> HttpResponse:
    """Lead whoever clicked twice to the page of the answer that counted, if this one says the same."""
    try:
        outcome = find_outcome(request, signed_in_person(request), handle)
    except HandleRefused:
        return expired_page(request)
    is_same = request.POST.get("decision", "") == ("allow" if outcome.is_allowed else "deny")
    return go_to_outcome(handle) if is_same else expired_page(request)


def _agree(inquiry: Inquiry, choices: Choices) -> Connection:
    membership = inquiry.question.membership
    assert membership is not None  # noqa: S101 - _decide asked for it.
    connection = allow_connection(
        inquiry.parties,
        membership.workspace,
        offered=inquiry.question.offered,
        chosen=choices.chosen,
        expires_at=choices.expires_at,
        shown_metadata=shown_metadata(inquiry.client),
    )
    if connection.was_allowed_once:
        announce_connection(connection)
    return connection


def _deny(request: HttpRequest, user: User, row: AuthorizationRequest, handle: str) -> HttpResponse:
    with transaction.atomic():
        claim_request(row)
        if row.device is not None:
            deny_device(row.device, user)
        record_denial(row.client, str(user.subject), user.email)
        if row.device is not None:
            return go_to_answered_page(request, row.client, is_allowed=False)
        validated = kept_request(row)
        error = AccessDenied("The person said no.")
        told = error_parameters(error, state=validated.state, issuer=validated.issuer)
        return send(row, handle, _chosen_way(request, validated), told)
