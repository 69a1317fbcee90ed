"""The tools about API keys."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mcp_server.arguments import Limit, Offset
from mcp_server.caller import Caller
from mcp_server.registry import tool
from roboflow_auth.access.catalogue import SCOPES
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api_keys.models import NAME_LENGTH
from roboflow_auth.api_keys.selectors import list_api_keys
from roboflow_auth.api_keys.services import create_api_key, revoke_api_key, update_api_key
from roboflow_auth.api_keys.shapes import ApiKeyList, ApiKeyView, NewApiKey
from roboflow_auth.api_keys.subset import DEFAULT_LIFETIME_DAYS, MAX_LIFETIME_DAYS

_KeyId = Annotated[str, Field(description="The key's `id` as api_keys_list returns it.")]
_Name = Annotated[str, Field(max_length=NAME_LENGTH, description="What will use the key, for people to recognise.")]
_Scopes = Annotated[
    list[Annotated[str, Field(max_length=64)]] | None,
    Field(
        max_length=len(SCOPES),
        description="What the key may do: some of the `granted_scopes` of workspace_get. Reading only unless given.",
    ),
]
_Days = Annotated[int, Field(ge=1, le=MAX_LIFETIME_DAYS, description="After how many days it stops working.")]
_IncludeDisabled = Annotated[
    bool, Field(description="Whether to list disabled and expired keys too, and those whose maker left.")
]
_Disabled = Annotated[bool, Field(description="False lets a disabled key work again.")]


@tool(Action.VIEW_WORKSPACE_API_KEYS, read_only=True)
def api_keys_list(
    caller: Caller, include_disabled: _IncludeDisabled = False, limit: Limit = 50, offset: Offset = 0
) -> ApiKeyList:
    """List the API keys of the workspace, newest first.

    Returns what each key may do, who made it, when it was used last and when it ends. Secrets are never returned.
    """
    return list_api_keys(caller, include_disabled=include_disabled, limit=limit, offset=offset)


@tool(Action.CREATE_API_KEY)
def api_keys_create(
    caller: Caller, name: _Name, scopes: _Scopes = None, expires_in_days: _Days = DEFAULT_LIFETIME_DAYS
) -> NewApiKey:
    """Create an API key that acts as the person who is asked for, in this workspace.

    The `secret` is returned this once: give it to the person or to where it is needed, and do not repeat it. A key can
    do no more than this connection may, and does not outlive it.
    """
    return create_api_key(caller, name=name, scopes=scopes, lifetime_days=expires_in_days)


@tool(Action.UPDATE_API_KEY, destructive=True)
def api_keys_disable(caller: Caller, key_id: _KeyId, disabled: _Disabled = True) -> ApiKeyView:
    """Disable an API key, or enable it again, and return it.

    A disabled key stops working at the next call of whatever uses it.
    """
    return update_api_key(caller, key_id, disabled=disabled)


@tool(Action.REVOKE_API_KEY, destructive=True)
def api_keys_revoke(caller: Caller, key_id: _KeyId) -> ApiKeyView:
    """Revoke an API key for good, and return it.

    Whatever uses it stops working at the next call. To stop it for a while, use api_keys_disable.
    """
    return revoke_api_key(caller, key_id)
