"""The tool about the audit log."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mcp_server.arguments import Limit
from mcp_server.caller import Caller
from mcp_server.registry import tool
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.selectors import list_events
from roboflow_auth.audit.shapes import AuditPage

_After = Annotated[str, Field(description="The `after` of the page before; empty for the first page.")]
_ActorEmail = Annotated[str, Field(description="Only what this person did, by e-mail address.")]
_ActionName = Annotated[str, Field(description="Only this action, for example `create_project`.")]
_Outcome = Annotated[
    str, Field(description="Only what ended like this.", json_schema_extra={"enum": ["", *map(str, Outcome.values)]})
]


@tool(Action.VIEW_AUDIT_LOG, read_only=True)
def audit_log_list(
    caller: Caller,
    limit: Limit = 50,
    after: _After = "",
    actor_email: _ActorEmail = "",
    action: _ActionName = "",
    outcome: _Outcome = "",
) -> AuditPage:
    """Read the audit log of the workspace, newest first.

    Every action leaves an entry, allowed or refused: who did what, through which app, on what, and how it ended. All
    conditions must hold.
    """
    return list_events(caller, limit=limit, after=after, actor_email=actor_email, action=action, outcome=outcome)
