"""Making and ending keys. The secret is returned once and stored as its hash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES, usable_scopes
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.workspaces.models import Membership


def create_api_key(
    membership: Membership, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Return a new key of `membership`'s person for its workspace, and the raw secret, which is never shown again.

    Raises `InvalidInput` for scopes that don't exist or that the person's own role can't use (the subset rule).
    """
    wanted = frozenset(scopes)
    unusable = wanted - (WORKSPACE_SCOPES & usable_scopes(membership.actions))
    if unusable or not wanted:
        raise InvalidInput(f"A key of this person can't carry: {' '.join(sorted(unusable)) or 'no scope at all'}.")
    raw_key = make_secret(SecretKind.API_KEY)
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=membership.user,
            workspace=membership.workspace,
            name=name,
            key_hash=hash_secret(raw_key),
            hint=raw_key[-4:],
            scope=" ".join(sorted(wanted)),
            expires_at=expires_at,
        )
        record_event(
            "create_api_key",
            subject=str(membership.user.subject),
            email=membership.user.email,
            workspace=membership.workspace.slug,
            target=str(key),
        )
    return key, raw_key


def revoke_api_key(key: ApiKey, actor: User, *, reason: str = "") -> None:
    """End `key`, whose workspace is loaded, at once and on every node. Doing it again changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
            record_event(
                "revoke_api_key",
                subject=str(actor.subject),
                email=actor.email,
                workspace=key.workspace.slug,
                target=str(key),
                reason=reason,
            )
