"""Asking people into a workspace by e-mail, and their answer.

An invitation is for one address: accepting it takes an account that has confirmed it, so a mail that is passed on opens
nothing. It lasts seven days, and is worth what its inviter may still give at that moment. Nothing here tells an inviter
whether an address has an account.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.recorder import record, record_event
from roboflow_auth.core.errors import Conflict, InvalidInput, NotFound
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed, make_secret
from roboflow_auth.core.sentences import sentence
from roboflow_auth.core.text import check_text
from roboflow_auth.workspaces.models import Invitation, Membership, Workspace
from roboflow_auth.workspaces.roles import find_role_to_give

LIFETIME = timedelta(days=7)
MAX_PENDING = 100
_MAX_EMAIL = 254
_GONE = sentence("This invitation is not valid any more.")


def list_invitations(principal: Principal) -> list[Invitation]:
    """Return the invitations of the workspace that nobody answered, expired ones too, the latest first."""
    require(principal, Action.MANAGE_MEMBER)
    rows = Invitation.objects.filter(workspace_id=principal.workspace_id).select_related("own_role", "invited_by")
    return list(rows.order_by("-sent_at", "-id")[:MAX_PENDING])


def invite(principal: Principal, email: str, role: str) -> tuple[Invitation, str]:
    """Return an invitation of `email` to the role `role`, and the raw secret of its link, for the mail alone.

    Inviting an address again takes the place of the invitation it has. Raises `Denied` and `NotFound` as
    `roles.find_role_to_give` does, `InvalidInput` for no address, `Conflict` for a member and for one too many, and
    `TooManyRequests`.
    """
    require(principal, Action.MANAGE_MEMBER)
    address = _check_address(email)
    raw_token = make_secret(SecretKind.INVITATION)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=principal.workspace_id)
        given = find_role_to_give(principal, role)
        _check_room(principal, address)
        _count(principal, address)
        invitation, _ = Invitation.objects.update_or_create(
            workspace_id=principal.workspace_id,
            email=address,
            defaults={"role": given.slug, "own_role": given.own, **_sending(principal, raw_token)},
        )
        record(principal, "invite_member", address, detail=given.slug)
    return invitation, raw_token


def resend_invitation(principal: Principal, invitation_id: int) -> tuple[Invitation, str]:
    """Return the invitation, good for seven days from now, and the secret of its new link; the old link is over.

    Raises as `invite` does, and `NotFound` for none of this workspace.
    """
    raw_token = make_secret(SecretKind.INVITATION)
    with transaction.atomic():
        invitation = _find_sent(principal, invitation_id)
        find_role_to_give(principal, invitation.role)
        _count(principal, invitation.email)
        Invitation.objects.filter(pk=invitation.pk).update(**_sending(principal, raw_token))
        record(principal, "resend_invitation", invitation.email, detail=invitation.role)
    return invitation, raw_token


def withdraw_invitation(principal: Principal, invitation_id: int) -> Invitation:
    """Return the invitation as it was; its link is over. Raises `NotFound` for none of this workspace."""
    with transaction.atomic():
        invitation = _find_sent(principal, invitation_id)
        Invitation.objects.filter(pk=invitation.pk).delete()
        record(principal, "withdraw_invitation", invitation.email, detail=invitation.role)
    return invitation


def open_invitation(raw_token: str) -> Invitation:
    """Return the invitation of a mail's link. Raises `NotFound` for a link that is over, or never was."""
    if not is_well_formed(raw_token, SecretKind.INVITATION):
        raise NotFound(_GONE)
    return _check_valid(_with_context().filter(token_hash=hash_secret(raw_token)).first())


def find_invitation(user: User | None, invitation_id: int, opened: Collection[int]) -> Invitation:
    """Return an invitation to somebody who opened its link in this browser, or whose confirmed address it is for.

    Raises `NotFound` for everybody else, and when it is over.
    """
    invitation = _with_context().filter(pk=invitation_id).first()
    if invitation is not None and invitation_id not in opened and not is_invited(user, invitation):
        raise NotFound(_GONE)
    return _check_valid(invitation)


def is_invited(user: User | None, invitation: Invitation) -> bool:
    """Return whether `user` has confirmed the address that the invitation is for."""
    if user is None:
        return False
    return bool(EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists())


def list_received(user: User) -> list[Invitation]:
    """Return the invitations to the addresses that `user` confirmed, the latest first; at most 20. Two statements."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).annotate(address=Lower("email"))
    rows = _with_context().annotate(address=Lower("email"))
    rows = rows.filter(address__in=confirmed.values("address"), expires_at__gt=timezone.now())
    received = list(rows.order_by("-sent_at")[:20])
    worth = worth_something(received, timezone.now())
    return [invitation for invitation in received if invitation.pk in worth]


def accept_invitation(user: User, invitation_id: int) -> Membership:
    """Return the new membership of `user`, whose confirmed address it must be for; it works once.

    Raises `NotFound` when it is over or for another address, `Conflict` for somebody who is a member already.
    """
    with transaction.atomic():
        invitation = _find_received(user, invitation_id)
        membership, is_new = Membership.objects.get_or_create(
            workspace=invitation.workspace,
            user=user,
            defaults={"role": invitation.role, "own_role": invitation.own_role},
        )
        _answer(user, invitation, "accept_invitation", reason="" if is_new else "member_already")
    if not is_new:
        raise Conflict(sentence("You are in %(workspace)s already.", workspace=invitation.workspace.name))
    return membership


def decline_invitation(user: User, invitation_id: int) -> Invitation:
    """Return the invitation as it was. Raises `NotFound` as `accept_invitation` does."""
    with transaction.atomic():
        invitation = _find_received(user, invitation_id)
        _answer(user, invitation, "decline_invitation")
    return invitation


def worth_something(invitations: Sequence[Invitation], now: datetime) -> frozenset[int]:
    """Return the ids of those that can be accepted now: in time, and their inviter may give the role. One statement."""
    inviters = {
        (row.workspace_id, row.user_id): row.actions
        for row in Membership.objects.filter(
            workspace__in={invitation.workspace_id for invitation in invitations},
            user__in={invitation.invited_by_id for invitation in invitations},
            user__is_active=True,
        ).select_related("own_role")
    }
    return frozenset(
        invitation.pk
        for invitation in invitations
        if not invitation.is_expired(now)
        and inviters.get((invitation.workspace_id, invitation.invited_by_id), frozenset())
        >= invitation.actions | {Action.MANAGE_MEMBER}
    )


def _check_address(email: str) -> str:
    address = check_text(email, sentence("The e-mail address"), max_length=_MAX_EMAIL).lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(sentence("This is no e-mail address.")) from error
    return address


def _check_room(principal: Principal, address: str) -> None:
    if Membership.objects.filter(workspace_id=principal.workspace_id, user__email__iexact=address).exists():
        raise Conflict(sentence("%(person)s is in this workspace already.", person=address))
    others = Invitation.objects.filter(workspace_id=principal.workspace_id).exclude(email=address)
    if others.count() >= MAX_PENDING:
        raise Conflict(
            sentence(
                "%(count)s people are invited and did not answer yet. Withdraw some invitations first.",
                count=MAX_PENDING,
            )
        )


def _count(principal: Principal, address: str) -> None:
    check(LimitName.INVITATIONS, f"person:{principal.user_id}")
    check(LimitName.INVITED_ADDRESS, address)


def _sending(principal: Principal, raw_token: str) -> dict[str, object]:
    now = timezone.now()
    return {
        "token_hash": hash_secret(raw_token),
        "invited_by_id": principal.user_id,
        "sent_at": now,
        "expires_at": now + LIFETIME,
    }


def _with_context() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("workspace", "own_role", "invited_by")


def _find_sent(principal: Principal, invitation_id: int) -> Invitation:
    require(principal, Action.MANAGE_MEMBER)
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("workspace", "own_role")
    found = rows.filter(workspace_id=principal.workspace_id, pk=invitation_id).first()
    if found is None:
        raise NotFound(sentence("There is no such invitation."))
    return found


def _find_received(user: User, invitation_id: int) -> Invitation:
    # Locked, so that of two answers at the same time one finds nothing.
    invitation = _check_valid(_with_context().select_for_update(of=("self",)).filter(pk=invitation_id).first())
    if not is_invited(user, invitation):
        raise NotFound(_GONE)
    return invitation


def _check_valid(invitation: Invitation | None) -> Invitation:
    if invitation is None or not worth_something([invitation], timezone.now()):
        raise NotFound(_GONE)
    return invitation


def _answer(user: User, invitation: Invitation, action: str, *, reason: str = "") -> None:
    Invitation.objects.filter(pk=invitation.pk).delete()
    record_event(
        action,
        subject=str(user.subject),
        email=user.email,
        workspace=invitation.workspace.slug,
        target=invitation.email,
        reason=reason,
        detail=invitation.role,
    )
