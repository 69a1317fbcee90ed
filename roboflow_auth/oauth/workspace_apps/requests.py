"""Asking the admins of a workspace about an app: the wish, the mail, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.languages import in_language_of
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.mail import post
from roboflow_auth.core.request_context import current_request
from roboflow_auth.oauth.clients import ClientView, show_client
from roboflow_auth.oauth.models import Client, WorkspaceApp, WorkspaceAppRequest
from roboflow_auth.oauth.workspace_apps.identity import hash_key, keys_of
from roboflow_auth.oauth.workspace_apps.rules import Welcome, rules_of
from roboflow_auth.workspaces.models import Membership, Workspace

# A person waits for this many apps of a workspace at once; the next one takes the oldest's place.
_MAX_OPEN = 20
# And so many of them in an hour are worth a mail: whoever asks more often has a list that is long enough.
_MAX_MAILS = 5
# An address that no mail reaches: the accounts of services (`oauth.service_clients`).
_NOBODY = ".invalid"


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A wish that waits: for which app (`app_id` names it in addresses), of how many members, since when."""

    app_id: str
    client: ClientView
    redirect_uri: str
    emails: tuple[str, ...]
    request: WorkspaceAppRequest


def ask_admins(user: User, client: Client, redirect_uri: str, workspace: Workspace) -> None:
    """Put the wish of `user` before the admins of `workspace`, and tell them once, unless it lies there already."""
    with transaction.atomic():
        request, is_new = WorkspaceAppRequest.objects.get_or_create(
            workspace=workspace,
            user=user,
            client=client,
            decided_at__isnull=True,
            defaults={"redirect_uri": redirect_uri},
        )
        if not is_new:
            return
        _drop_oldest(user, workspace)
        record_event(
            "ask_for_app",
            subject=str(user.subject),
            email=user.email,
            client_id=client.client_id,
            client_name=client.name,
            workspace=workspace.slug,
            outcome=Outcome.REFUSED,
            reason="waits_for_admins",
            detail=redirect_uri,
        )
    _tell_admins(request, user, client, workspace)


def list_requests(principal: Principal) -> list[OpenRequest]:
    """Return what waits for the admins of the principal's workspace: one entry an app, the oldest first.

    Raises `Denied` for a role that does not manage apps.
    """
    require(principal, Action.MANAGE_OAUTH_APP)
    by_app: dict[str, list[WorkspaceAppRequest]] = {}
    for row in _open(principal.workspace_id):
        by_app.setdefault(hash_key(keys_of(row.client, row.redirect_uri)[0]), []).append(row)
    return [
        OpenRequest(
            app_id=app_id,
            client=show_client(rows[-1].client, rows[-1].redirect_uri),
            redirect_uri=rows[-1].redirect_uri,
            emails=tuple(dict.fromkeys(row.user.email for row in rows)),
            request=rows[0],
        )
        for app_id, rows in by_app.items()
    ]


def answer_requests(principal: Principal) -> None:
    """Close every open wish that the rules answer as they stand now. Call it in the transaction of the change."""
    rules = rules_of([principal.workspace_id])[principal.workspace_id]
    answers = {
        Welcome.ALLOWED: WorkspaceApp.Decision.ALLOWED.value,
        Welcome.BLOCKED: WorkspaceApp.Decision.BLOCKED.value,
    }
    for row in _open(principal.workspace_id):
        welcome = rules.welcome(row.client, row.redirect_uri)
        if welcome is not Welcome.ASKS:
            row.decision, row.decided_at = answers.get(welcome, ""), timezone.now()
            row.save(update_fields=["decision", "decided_at"])


def is_admin(membership: Membership) -> bool:
    """Return whether the member decides about apps."""
    return Action.MANAGE_OAUTH_APP in membership.actions


def _open(workspace_id: int) -> list[WorkspaceAppRequest]:
    rows = WorkspaceAppRequest.objects.filter(workspace=workspace_id, decided_at__isnull=True)
    return list(rows.select_related("client", "user").order_by("pk"))


def _drop_oldest(user: User, workspace: Workspace) -> None:
    mine = WorkspaceAppRequest.objects.filter(user=user, workspace=workspace, decided_at__isnull=True).order_by("-pk")
    WorkspaceAppRequest.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[_MAX_OPEN:])).delete()


def _tell_admins(request: WorkspaceAppRequest, user: User, client: Client, workspace: Workspace) -> None:
    since = timezone.now() - timedelta(hours=1)
    if WorkspaceAppRequest.objects.filter(user=user, workspace=workspace, asked_at__gt=since).count() > _MAX_MAILS:
        return
    members = Membership.objects.filter(workspace=workspace, user__is_active=True).exclude(user=user)
    admins = [member.user for member in members.select_related("user", "own_role") if is_admin(member)]
    context = {
        # One line, whatever the app calls itself: it stands in a header of the mail.
        "app": " ".join((client.name or client.client_id).split())[:100],
        "person": user.email,
        "workspace": " ".join(workspace.name.split()),
        "answer": request.redirect_uri,
        "url": current_request().issuer + reverse("web:workspace_apps", args=[workspace.slug]),
    }
    for admin in admins:
        if not admin.email.endswith(_NOBODY):
            with in_language_of(admin):
                post("oauth/email/app_request", context, admin.email)
