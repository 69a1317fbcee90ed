"""The decision: may this principal do this? (access.md, "The decision")

A call is allowed when the credential carries the scope of every action it needs and the person's current role contains
those actions. Liveness and audience were decided when the principal was made; row visibility is decided by selectors.
"""

from __future__ import annotations

from functools import lru_cache

from roboflow_auth.access.catalogue import SCOPE_OF_ACTION
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.errors import Denied, MissingScope
from roboflow_auth.core.sentences import sentence


def require(principal: Principal, *actions: Action) -> None:
    """Return when `principal` may do all of `actions`.

    Raises `Denied` when the role does not contain one (no scope would help), `MissingScope` naming every scope that
    is needed and not lent. The role is looked at first, so that nobody is sent to consent to what can't be used.
    """
    for action in actions:
        if action not in principal.actions:
            raise Denied(
                sentence(
                    "Your role in %(workspace)s (%(role)s) does not allow this.",
                    workspace=principal.workspace,
                    role=principal.role,
                ),
                hint="An admin or the owner of the workspace can do it, or give you a role that may.",
                detail=f"role {principal.role} lacks {action}",
                workspace=principal.workspace,
                lacks=action,
            )
    missing = missing_scopes(principal, *actions)
    if missing:
        raise MissingScope(missing)


def missing_scopes(principal: Principal, *actions: Action) -> frozenset[str]:
    """Return the scopes that `actions` need and the credential does not carry; empty for a person in a browser."""
    if principal.credential is Credential.BROWSER:
        return frozenset()
    # An action without a scope can't be lent to a client; its own name stands in, which nobody can grant.
    needed = {SCOPE_OF_ACTION.get(action, str(action)) for action in actions}
    return frozenset(needed) - principal.scopes


def may(principal: Principal, *actions: Action) -> bool:
    """Return whether `require` would let `principal` do all of `actions`."""
    return principal.actions.issuperset(actions) and not missing_scopes(principal, *actions)


def lent_actions(principal: Principal) -> tuple[Action, ...]:
    """Return what `principal` may do now, of what can be lent at all, in order."""
    scopes = None if principal.credential is Credential.BROWSER else frozenset(principal.scopes)
    return _covered(frozenset(principal.actions), scopes)


@lru_cache(maxsize=1024)
def _covered(actions: frozenset[Action], scopes: frozenset[str] | None) -> tuple[Action, ...]:
    # Remembered, as agents ask for little else, and many people have the same role and lend the same.
    lendable = (action for action in actions if action in SCOPE_OF_ACTION)
    return tuple(sorted(action for action in lendable if scopes is None or SCOPE_OF_ACTION[action] in scopes))
