"""Reading the API keys of a workspace: who may see keys sees all of it, and nobody sees a secret."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.shapes import ApiKeyList, ApiKeyView, api_key_view
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.paging import Page, page
from roboflow_auth.core.sentences import sentence
from roboflow_auth.workspaces.models import Membership, actions_of_role

_MAX_DIGITS = 18
# The maker's role of now. Who left the workspace and came back makes new keys, and so does who was locked out.
_MAKER = Membership.objects.filter(
    workspace=OuterRef("workspace"),
    user=OuterRef("user"),
    user__is_active=True,
    joined_at__lte=OuterRef("created_at"),
)


def list_api_keys(
    principal: Principal, *, include_disabled: bool = False, limit: int = 50, offset: int = 0
) -> ApiKeyList:
    """Return a page of the keys of the principal's workspace, newest first; `limit` is 1 to 200.

    Those that work, or with `include_disabled` all that were not revoked.
    """
    require(principal, Action.VIEW_WORKSPACE_API_KEYS)
    now = timezone.now()
    rows = _keys_of(principal).filter(revoked_at__isnull=True)
    if not include_disabled:
        rows = rows.filter(live_at(now), Q(maker_role__isnull=False), disabled_at__isnull=True)
    found: Page[ApiKey] = page(rows.order_by("-pk"), limit=limit, offset=offset)
    record(principal, Action.VIEW_WORKSPACE_API_KEYS, principal.workspace)
    return ApiKeyList([view_of(key, now) for key in found.rows], found.total, found.limit, found.offset)


def view_api_key(principal: Principal, key_id: str) -> ApiKeyView:
    """Return one key, a revoked one too. Raises as `find_api_key` does."""
    key = find_api_key(principal, key_id, to=Action.GET_API_KEY)
    record(principal, Action.GET_API_KEY, str(key))
    return view_of(key, timezone.now())


def find_api_key(principal: Principal, key_id: str, *, to: Action, for_update: bool = False) -> ApiKey:
    """Return the key when it is in the principal's workspace and the principal may do `to`.

    With `for_update` the row is locked, which needs a transaction. Raises `NotFound` for keys of other workspaces
    exactly as for absent and malformed ids, `Denied` or `MissingScope` as `access.require`.
    """
    require(principal, to)
    number = api_key_number(key_id)
    rows = _keys_of(principal).filter(pk=number)
    key = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if key is None:
        raise NotFound(sentence("There is no such API key."))
    return key


def find_membership_at(user: User, key_id: str) -> Membership:
    """Return the membership of `user` in the workspace of the key, both loaded. Raises `NotFound` for strangers."""
    rows = Membership.objects.filter(user=user, workspace__api_keys=api_key_number(key_id))
    found = rows.select_related("user", "workspace", "own_role").first()
    if found is None:
        raise NotFound(sentence("There is no such API key."))
    return found


def api_key_number(key_id: str) -> int:
    """Return the number that an id stands for. Raises `NotFound` for what no key is called."""
    if not (key_id.isascii() and key_id.isdigit() and len(key_id) <= _MAX_DIGITS):
        raise NotFound(sentence("There is no such API key."))
    return int(key_id)


def live_at(now: datetime) -> Q:
    """Return the condition for a key to be neither revoked nor expired at `now`."""
    return Q(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)


def view_of(key: ApiKey, now: datetime) -> ApiKeyView:
    """Return the shape of a key that a selector of this module found."""
    role, own_actions = key.maker_role, key.maker_own_actions  # type: ignore[attr-defined]
    return api_key_view(key, actions_of_role(role, own_actions) if role else None, now)


def _keys_of(principal: Principal) -> QuerySet[ApiKey]:
    keys = ApiKey.objects.filter(workspace_id=principal.workspace_id).select_related("user")
    return keys.annotate(
        maker_role=Subquery(_MAKER.values("role")[:1]),
        maker_own_actions=Subquery(_MAKER.values("own_role__actions")[:1]),
    )
