"""Making workspaces."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.core.sentences import sentence
from roboflow_auth.core.text import check_text
from roboflow_auth.workspaces.models import Membership, Workspace

_SLUG_ATTEMPTS = 8
_SLUG_LENGTH = 48
_MAX_NAME = 120


def create_workspace(owner: User, name: str, slug: str = "") -> Workspace:
    """Return a new workspace that `owner` owns. A slug that is taken gets a short random ending."""
    wanted = (slug or slugify(name))[:_SLUG_LENGTH].strip("-") or "workspace"
    with transaction.atomic():
        workspace = _create_with_free_slug(name, wanted)
        Membership.objects.create(workspace=workspace, user=owner, role=RoleName.OWNER)
        record_event(
            "create_workspace",
            subject=str(owner.subject),
            email=owner.email,
            workspace=workspace.slug,
            target=workspace.slug,
        )
    return workspace


def open_workspace(owner: User, name: str) -> Workspace:
    """Return a new workspace that a person asked for. Raises `InvalidInput` for a name that is none, `TooManyRequests`.

    Its slug comes from the name.
    """
    wanted = check_text(name, sentence("The name"), max_length=_MAX_NAME)
    check(LimitName.WORKSPACES, f"person:{owner.pk}")
    return create_workspace(owner, wanted)


def create_personal_workspace(user: User) -> Workspace:
    """Return the workspace that everyone gets with a new account."""
    label = user.name or user.email.split("@")[0]
    return create_workspace(user, (_("%(name)s's workspace") % {"name": label})[:120], slugify(label))


def _create_with_free_slug(name: str, wanted: str) -> Workspace:
    slug = wanted
    for _attempt in range(_SLUG_ATTEMPTS):
        try:
            with transaction.atomic():
                if not _was_given_out(slug):
                    return Workspace.objects.create(slug=slug, name=name)
        except IntegrityError:
            pass
        slug = f"{wanted}-{secrets.token_hex(3)}"
    raise RuntimeError("No free slug was found for a new workspace.")


def _was_given_out(slug: str) -> bool:
    # The log of a workspace stays when it is deleted, and belongs to nobody who comes later under the same name.
    return AuditEvent.objects.filter(workspace=slug).exists()
