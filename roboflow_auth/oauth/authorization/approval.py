"""Asking staff about an app that nobody knows, and their answer (protocol.md P-C9)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.request_context import current_request
from roboflow_auth.oauth.models import Approval, ApprovalRequest, Client

# A person waits for this many apps at once. The next one takes the oldest's place, so that nobody fills staff's list.
_MAX_OPEN = 20


def ask_staff(user: User, client: Client, redirect_uri: str) -> None:
    """Put the wish of `user` before staff, unless it lies there already."""
    address = current_request().address
    with transaction.atomic():
        _, is_new = ApprovalRequest.objects.get_or_create(
            user=user,
            client=client,
            decided_at__isnull=True,
            defaults={"redirect_uri": redirect_uri, "address": address},
        )
        if is_new:
            _drop_oldest(user)
            record_event(
                "ask_approval",
                subject=str(user.subject),
                email=user.email,
                client_id=client.client_id,
                client_name=client.name,
                outcome=Outcome.REFUSED,
                reason="waits_for_staff",
                detail=redirect_uri,
            )


def decide(client: Client, decision: ApprovalRequest.Decision, staff: User) -> None:
    """Let `client` be connected from now on, or end all it has; that answers everybody who asked for it.

    Call it in a transaction. It is the caller who writes down that `staff` did it.
    """
    if decision is ApprovalRequest.Decision.APPROVED:
        client.approval, client.is_disabled = Approval.ALLOWED, False
    else:
        client.approval, client.is_disabled = Approval.BY_POLICY, True
    client.save(update_fields=["approval", "is_disabled"])
    settle_requests(client, staff)


def settle_requests(client: Client, staff: User) -> None:
    """Answer what people asked for `client` by how it stands now, if that is an answer."""
    if client.is_disabled:
        decision = ApprovalRequest.Decision.DENIED
    elif client.approval == Approval.ALLOWED:
        decision = ApprovalRequest.Decision.APPROVED
    else:
        return
    ApprovalRequest.objects.filter(client=client, decided_at__isnull=True).update(
        decision=decision, decided_at=timezone.now(), decided_by=staff
    )


def _drop_oldest(user: User) -> None:
    mine = ApprovalRequest.objects.filter(user=user, decided_at__isnull=True).order_by("-pk")
    ApprovalRequest.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[_MAX_OPEN:])).delete()
