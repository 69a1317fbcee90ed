"""The consent page's context: one dict that the templates under templates/oauth/consent read (pages.md, "Consent")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import IDENTITY_SCOPES, SCOPES, SENSITIVE_SCOPES, Level, scopes_of_level
from roboflow_auth.core.public_url import Resource, resource_url
from roboflow_auth.oauth.authorization.inquiry import Inquiry
from roboflow_auth.oauth.authorization.question import CUSTOM_LEVEL, Duration, Question, scope_text
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.clients import changes_since, show_client
from roboflow_auth.oauth.connections import has_connection
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.redirect_uri import is_device, is_loopback, is_private_scheme, is_this_machine
from roboflow_auth.oauth.wording import duration_label, in_order, level_sentence, level_title, resource_name
from roboflow_auth.oauth.workspace_apps.rules import Welcome
from roboflow_auth.workspaces.models import Membership

_DEFAULT_DURATION = Duration.QUARTER
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Marks:
    """What the person had marked on a page that comes back to them; nothing when they see it first.

    It is for what a person sent from the page: no request of a client marks anything.
    """

    level: str = ""
    scopes: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    duration: str = ""

    @classmethod
    def of(cls, form: QueryDict) -> Marks:
        """Return what is marked in `form`. What is sensitive is for the workspace that it was ticked for."""
        sensitive = frozenset(form.getlist("scope_sensitive")) if form.get("decision") != "workspace" else frozenset()
        return cls(form.get("level", ""), frozenset(form.getlist("scope")), sensitive, form.get("duration", ""))


def consent_context(
    inquiry: Inquiry, handle: str, errors: Sequence[str] = (), marks: Marks | None = None
) -> dict[str, Any]:
    """Return everything that the page shows; what is in `marks` is marked where it can still be chosen."""
    marks = marks or Marks()
    user, validated, question = inquiry.user, inquiry.validated, inquiry.question
    return {
        "client": _client(inquiry),
        "answer": {**shown_answer(validated.redirect_uri), "asked_from": validated.asked_from},
        "account": {"email": user.email, "name": user.name},
        "switch_account_url": f"{reverse('oauth:switch_account')}?{urlencode({'handle': handle})}",
        "workspaces": [_workspace(membership, inquiry) for membership in inquiry.memberships],
        "is_workspace_chosen": question.membership is not None,
        "obstacle": _obstacle(inquiry),
        "is_step_up": question.is_step_up,
        "is_sign_in_only": question.is_sign_in_only,
        "own_workspace": question.membership.workspace.slug if question.membership else "",
        "already_allowed": [{"text": scope_text(name)} for name in in_order(question.kept)],
        "new_permissions": _new_permissions(question),
        "levels": _levels(question, marks),
        "sensitive": [_scope(name, marks.sensitive) for name in in_order(question.offered & SENSITIVE_SCOPES)],
        "role_limited": [{"text": scope_text(name)} for name in in_order(question.role_limited)],
        "identity": [{"text": scope_text(name)} for name in in_order(question.identity)],
        "resource": _resource(validated),
        "durations": _durations(question, marks),
        "may_run_elsewhere": is_loopback(validated.redirect_uri),
        "handle": handle,
        "action_url": reverse("oauth:authorize"),
        "errors": errors,
    }


def shown_client(client: Client, redirect_uri: str) -> dict[str, Any]:
    """Return what the pages say of `client`, whose answer goes to `redirect_uri`."""
    return asdict(show_client(client, redirect_uri))


def shown_answer(redirect_uri: str) -> dict[str, str]:
    """Return what the pages say of where the answer goes, in plain text and without its query."""
    if is_device(redirect_uri):
        return {"kind": "device", "host": "", "uri": ""}
    parts = urlsplit(redirect_uri)
    kind = "loopback" if is_this_machine(redirect_uri) else "private" if is_private_scheme(redirect_uri) else "https"
    shown = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return {"kind": kind, "host": parts.netloc or parts.scheme, "uri": shown}


def _client(inquiry: Inquiry) -> dict[str, Any]:
    client, connection = inquiry.client, inquiry.question.connection
    return {
        **shown_client(client, inquiry.validated.redirect_uri),
        "is_first_time": not has_connection(inquiry.parties),
        "changes": changes_since(connection.shown_metadata, client) if connection else [],
    }


def _workspace(membership: Membership, inquiry: Inquiry) -> dict[str, Any]:
    selected, welcome = inquiry.question.membership, inquiry.welcomes[membership.workspace_id]
    notes = {
        Welcome.ASKS: _("An admin has to allow the app first"),
        Welcome.REFUSED: _("Does not allow this app"),
        Welcome.BLOCKED: _("Blocked this app"),
    }
    return {
        "slug": membership.workspace.slug,
        "name": membership.workspace.name,
        "role_label": membership.role_label,
        "selected": selected is not None and membership.pk == selected.pk,
        "can_be_chosen": welcome in (Welcome.ALLOWED, Welcome.ASKS),
        "note": notes.get(welcome, ""),
    }


def _obstacle(inquiry: Inquiry) -> dict[str, Any] | None:
    """Return what keeps the app out of the chosen workspace, and where its admins are asked if they want to be."""
    membership, name = inquiry.question.membership, show_client(inquiry.client, inquiry.validated.redirect_uri).name
    if membership is None or inquiry.welcome is Welcome.ALLOWED:
        return None
    sentences = {
        Welcome.ASKS: _("The admins of %(workspace)s want to be asked before anybody connects %(app)s there."),
        Welcome.REFUSED: _("The rule of %(workspace)s lets only other apps in. Its admins can allow %(app)s."),
        Welcome.BLOCKED: _("The admins of %(workspace)s blocked %(app)s. Only they can let it in again."),
    }
    return {
        "sentence": sentences[inquiry.welcome] % {"workspace": membership.workspace.name, "app": name},
        "ask_url": reverse("oauth:ask_workspace") if inquiry.welcome is Welcome.ASKS else "",
    }


def _new_permissions(question: Question) -> list[dict[str, Any]]:
    if not question.is_step_up:
        return []
    names = in_order(question.offered - SENSITIVE_SCOPES)
    return [{"text": scope_text(name), "dangerous": SCOPES[name].is_destructive} for name in names]


def _levels(question: Question, marks: Marks) -> list[dict[str, Any]]:
    """Return the cards of the levels that offer something, each with what it adds to those before.

    Until the person marks another one, the one that gives the whole offer is selected; none is where they choose single
    permissions.
    """
    offered = question.offered_by(list(Level)[-1])
    adding = {level: frozenset(name for name in offered if SCOPES[name].level is level) for level in Level}
    levels = [level for level, added in adding.items() if added]
    selected = next((level for level in levels if level.value == marks.level), levels[-1] if levels else None)
    ticked = question.offered_by(selected) if selected else frozenset()
    if marks.level == CUSTOM_LEVEL:
        selected, ticked = None, marks.scopes
    return [
        {
            "value": level.value,
            "title": level_title(level),
            "sentence": _sentence(level, adding[level]),
            "scopes": [_scope(name, ticked) for name in in_order(adding[level])],
            "selected": level is selected,
        }
        for level in levels
    ]


def _sentence(level: Level, added: frozenset[str]) -> str:
    """Return what a level adds: by name where it is little of what it could, which its own sentence would overstate."""
    could_add = {name for name in scopes_of_level(level) if SCOPES[name].level is level}
    if added >= could_add - IDENTITY_SCOPES - SENSITIVE_SCOPES or len(added) > _MOST_NAMED:
        return level_sentence(level)
    return " · ".join(scope_text(name) for name in in_order(added))


def _scope(name: str, ticked: frozenset[str]) -> dict[str, Any]:
    return {
        "value": name,
        "text": scope_text(name),
        "dangerous": SCOPES[name].is_destructive,
        "checked": name in ticked,
    }


def _resource(validated: ValidatedRequest) -> dict[str, str]:
    resource = Resource(validated.resource)
    return {"name": resource_name(resource), "url": resource_url(validated.issuer, resource)}


def _durations(question: Question, marks: Marks) -> list[dict[str, Any]]:
    before = question.connection
    proposed = Duration.last_chosen(before.expires_at, timezone.now()) if before else _DEFAULT_DURATION
    selected = next((duration for duration in Duration if duration.value == marks.duration), proposed)
    return [
        {"value": duration.value, "label": duration_label(duration), "selected": duration is selected}
        for duration in Duration
    ]
