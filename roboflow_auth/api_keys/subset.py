"""The subset rule (access.md): a key carries at most what its maker holds when making it, and lasts no longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from roboflow_auth.access.catalogue import BASELINE, WORKSPACE_SCOPES, usable_scopes
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.sentences import Sentence, sentence

MAX_LIFETIME_DAYS = 365
DEFAULT_LIFETIME_DAYS = 90


def givable_scopes(principal: Principal) -> frozenset[str]:
    """Return what a key of the principal may carry: scopes of workspaces that it was lent and its role can use."""
    return WORKSPACE_SCOPES & principal.scopes & usable_scopes(principal.actions)


def check_scopes(principal: Principal, scopes: Iterable[str] | None) -> frozenset[str]:
    """Return the scopes for a new key; None stands for the baseline, as far as the principal may give it.

    Raises `InvalidInput` for none at all, and for any that the principal does not hold itself.
    """
    givable = givable_scopes(principal)
    wanted = givable & frozenset(BASELINE) if scopes is None else frozenset(scopes)
    if not wanted:
        raise InvalidInput(sentence("A key needs at least one scope."))
    refused = wanted - givable
    if refused:
        raise InvalidInput(sentence("A key can carry only what its maker holds. %(advice)s", advice=_named(refused)))
    return wanted


def check_end(principal: Principal, lifetime_days: int | None, now: datetime) -> datetime | None:
    """Return when a key that is made at `now` ends; None for never, which only people in a browser may choose.

    A credential that ends itself makes no key that outlives it: the key's end is moved before the credential's.
    Raises `InvalidInput` for a lifetime that is not 1 to 365 days.
    """
    if lifetime_days is None:
        if principal.credential is not Credential.BROWSER:
            raise InvalidInput(sentence("Only a person in a browser can make a key that never expires."))
        return None
    if not 1 <= lifetime_days <= MAX_LIFETIME_DAYS:
        raise InvalidInput(sentence("A key lasts for 1 to %(days)s days.", days=MAX_LIFETIME_DAYS))
    end = now + timedelta(days=lifetime_days)
    return end if principal.lent_until is None else min(end, principal.lent_until)


def _named(refused: frozenset[str]) -> Sentence:
    # Only names of ours are repeated: what else a caller sent may be of any length.
    known = sorted(refused & WORKSPACE_SCOPES)
    if known:
        return sentence("Leave out %(scopes)s.", scopes=" ".join(known))
    return sentence("Some of these are no scopes of a workspace.")
