"""From a raw API key to the Principal it stands for, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from roboflow_auth.access.catalogue import known_scopes
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed
from roboflow_auth.workspaces.models import actions_of_role

_LAST_USED_RESOLUTION = timedelta(minutes=1)


def find_principal(raw_key: str) -> Principal | None:
    """Return who an API key speaks for, or None when it is not live. It is clipped to its maker's role of now."""
    if not is_well_formed(raw_key, SecretKind.API_KEY):
        return None
    now = timezone.now()
    row = (
        ApiKey.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            key_hash=hash_secret(raw_key),
            disabled_at__isnull=True,
            revoked_at__isnull=True,
            user__is_active=True,
            workspace__memberships__user=F("user"),
            # Who left the workspace and came back makes new keys.
            workspace__memberships__joined_at__lte=F("created_at"),
        )
        .order_by()
        .values(
            "id",
            "scope",
            "user_id",
            "workspace_id",
            "last_used_at",
            "expires_at",
            subject=F("user__subject"),
            email=F("user__email"),
            slug=F("workspace__slug"),
            workspace_name=F("workspace__name"),
            role=F("workspace__memberships__role"),
            own_actions=F("workspace__memberships__own_role__actions"),
        )
        .first()
    )
    if row is None:
        return None
    _note_use(row["id"], row["last_used_at"], now)
    return _principal(row)


def _principal(row: Mapping[str, Any]) -> Principal:
    return Principal(
        user_id=row["user_id"],
        subject=str(row["subject"]),
        email=row["email"],
        workspace_id=row["workspace_id"],
        workspace=row["slug"],
        workspace_name=row["workspace_name"],
        role=row["role"],
        actions=actions_of_role(row["role"], row["own_actions"]),
        credential=Credential.API_KEY,
        scopes=known_scopes(row["scope"].split()),
        api_key_id=row["id"],
        lent_until=row["expires_at"],
    )


def _note_use(key_id: int, last_used_at: datetime | None, now: datetime) -> None:
    if last_used_at is None or now - last_used_at >= _LAST_USED_RESOLUTION:
        ApiKey.objects.filter(pk=key_id).update(last_used_at=now)
