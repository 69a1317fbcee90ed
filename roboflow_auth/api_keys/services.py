"""Making, changing and ending keys. A secret is returned once and stored as its hash."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import MADE_WITH_LENGTH, NAME_LENGTH, ApiKey, KeyState
from roboflow_auth.api_keys.selectors import find_api_key, live_at, view_of
from roboflow_auth.api_keys.shapes import ApiKeyView, NewApiKey, api_key_view
from roboflow_auth.api_keys.subset import DEFAULT_LIFETIME_DAYS, check_end, check_scopes, givable_scopes
from roboflow_auth.audit.recorder import record, record_event
from roboflow_auth.core.errors import Conflict, Denied, InvalidInput
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.core.sentences import sentence
from roboflow_auth.core.text import check_text
from roboflow_auth.workspaces.models import Membership

MAX_LIVE_KEYS = 50
"""How many keys that are neither revoked nor expired a person may have in one workspace."""


def create_api_key(
    principal: Principal,
    *,
    name: str,
    scopes: Iterable[str] | None = None,
    lifetime_days: int | None = DEFAULT_LIFETIME_DAYS,
) -> NewApiKey:
    """Return a new key that acts as the principal's person in its workspace, with the raw secret, shown only now.

    `scopes` are the baseline unless given, `lifetime_days` 1 to 365, or None for a key without an end. Raises
    `InvalidInput` for scopes or a lifetime beyond the principal's own (the subset rule) and for names that can't be,
    `Conflict` for the name of another live key of the person and for one key too many, `Denied` or `MissingScope`.
    """
    require(principal, Action.CREATE_API_KEY)
    now = timezone.now()
    key = ApiKey(
        user=User.objects.get(pk=principal.user_id),
        workspace_id=principal.workspace_id,
        name=_check_name(name),
        scope=" ".join(sorted(check_scopes(principal, scopes))),
        made_with=principal.client.name[:MADE_WITH_LENGTH] if principal.client else "",
        expires_at=check_end(principal, lifetime_days, now),
    )
    raw_key = _replace_secret(key)
    with transaction.atomic():
        _check_room(key)
        key.save(force_insert=True)
        record(principal, Action.CREATE_API_KEY, str(key))
    return NewApiKey(api_key_view(key, principal.actions, now), raw_key)


def update_api_key(
    principal: Principal,
    key_id: str,
    *,
    name: str | None = None,
    scopes: Iterable[str] | None = None,
    disabled: bool | None = None,
) -> ApiKeyView:
    """Return the key after renaming it, narrowing it to `scopes`, disabling or enabling it; None changes nothing.

    All of it is felt at the next call. Raises `InvalidInput` for scopes that the key does not carry already, `Conflict`
    for keys that are over and for a name that is taken, `Denied` for enabling one that can do more than the principal;
    otherwise as `find_api_key` does.
    """
    with transaction.atomic():
        key = find_api_key(principal, key_id, to=Action.UPDATE_API_KEY, for_update=True)
        _check_not_over(key)
        target, changes = str(key), []
        if name is not None:
            key.name = _check_name(name)
            _check_name_is_free(key)
            changes.append("name")
        if scopes is not None:
            key.scope = _narrowed(key, frozenset(scopes))
            changes.append("scopes")
        if disabled is False and key.disabled_at is not None:
            _check_within(principal, key)
        if disabled is not None:
            # The first moment stays: doing it again changes nothing.
            key.disabled_at = (key.disabled_at or timezone.now()) if disabled else None
            changes.append("disabled" if disabled else "enabled")
        key.save(update_fields=["name", "scope", "disabled_at"])
        record(principal, Action.UPDATE_API_KEY, target, detail=" ".join(changes))
    return view_of(key, timezone.now())


def roll_api_key(principal: Principal, key_id: str, *, hint: str) -> NewApiKey:
    """Return the key with a new raw secret, shown only now; the old one is over at once, on every node.

    Only its maker can: the secret lets its holder act as them. `hint` is how the secret ends that is to be replaced,
    so that a form that is sent twice replaces it once. The key keeps its end, and of its scopes those that its maker
    still holds. Raises `Conflict` for another hint and for keys that do not work, else as `find_api_key` does.
    """
    with transaction.atomic():
        key = find_api_key(principal, key_id, to=Action.CREATE_API_KEY, for_update=True)
        if key.user_id != principal.user_id:
            raise Denied(
                sentence("Only the maker of a key can roll it."), hint="Revoke it, and let its maker make another one."
            )
        now = timezone.now()
        if view_of(key, now).state != KeyState.ACTIVE:
            raise Conflict(sentence("Only a key that works can be rolled."))
        if key.hint != hint:
            raise Conflict(sentence("This key was rolled already, and its secret is shown only once."))
        key.scope = " ".join(sorted(check_scopes(principal, key.scopes & givable_scopes(principal))))
        raw_key = _replace_secret(key)
        key.rolled_at, key.last_used_at = now, None
        key.save(update_fields=["key_hash", "hint", "scope", "rolled_at", "last_used_at"])
        record(principal, Action.CREATE_API_KEY, str(key), detail="rolled")
    return NewApiKey(view_of(key, now), raw_key)


def revoke_api_key(principal: Principal, key_id: str) -> ApiKeyView:
    """Return the key after ending it for good, at once and on every node. Doing it again changes nothing.

    Raises as `find_api_key` does.
    """
    with transaction.atomic():
        key = find_api_key(principal, key_id, to=Action.REVOKE_API_KEY, for_update=True)
        if key.revoked_at is None:
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
        record(principal, Action.REVOKE_API_KEY, str(key))
    return view_of(key, timezone.now())


def revoke_as_staff(key: ApiKey, staff: User) -> None:
    """End `key`, whose workspace is loaded, on behalf of `staff`. Doing it again changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
            record_event(
                Action.REVOKE_API_KEY,
                subject=str(staff.subject),
                email=staff.email,
                workspace=key.workspace.slug,
                target=str(key),
                reason="by_staff",
            )


def _check_within(principal: Principal, key: ApiKey) -> None:
    """Raise `Denied` when `key` can do more than `principal`: what was switched off must not come back by less."""
    if not key.scopes <= givable_scopes(principal):
        raise Denied(
            sentence("This key can do more than you can. Somebody who can do as much has to enable it."),
            hint="Narrow the key first.",
        )


def _replace_secret(key: ApiKey) -> str:
    raw_key = make_secret(SecretKind.API_KEY)
    key.key_hash, key.hint = hash_secret(raw_key), raw_key[-4:]
    return raw_key


def _check_name(name: str) -> str:
    return check_text(name, sentence("The key's name"), max_length=NAME_LENGTH)


def _check_room(key: ApiKey) -> None:
    names = _names_of_siblings(key)
    if len(names) >= MAX_LIVE_KEYS:
        raise Conflict(
            sentence(
                "You have %(limit)s keys in this workspace. Revoke one that is not needed any more.",
                limit=MAX_LIVE_KEYS,
            )
        )
    if key.name in names:
        raise Conflict(sentence("You already have a key with this name here. Give this one another name."))


def _check_name_is_free(key: ApiKey) -> None:
    if key.name in _names_of_siblings(key):
        raise Conflict(sentence("Its maker already has a key with this name here. Give this one another name."))


def _names_of_siblings(key: ApiKey) -> list[str]:
    """Return the names of the other live keys of the same maker in the same workspace."""
    whose = {"user_id": key.user_id, "workspace_id": key.workspace_id}
    # Locked, so that two who make keys at once do not both take the last place, or the same name.
    Membership.objects.select_for_update().filter(**whose).first()
    siblings: QuerySet[ApiKey] = ApiKey.objects.filter(live_at(timezone.now()), **whose).exclude(pk=key.pk)
    return list(siblings.values_list("name", flat=True))


def _check_not_over(key: ApiKey) -> None:
    if view_of(key, timezone.now()).state in (KeyState.REVOKED, KeyState.EXPIRED):
        raise Conflict(sentence("This key is over. Make another one."))


def _narrowed(key: ApiKey, wanted: frozenset[str]) -> str:
    if not wanted:
        raise InvalidInput(sentence("A key needs at least one scope. Revoke it if it is not needed any more."))
    if wanted - key.scopes:
        raise InvalidInput(sentence("A key can only be narrowed. For more, make another one."))
    return " ".join(sorted(wanted))
