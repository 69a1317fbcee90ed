"""What every grant is given: the client that proved itself, the parameters, and who this server is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.oauth.errors import InvalidRequest
from roboflow_auth.oauth.models import Client, Session


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request to the token endpoint."""

    client: Client
    parameters: Mapping[str, str]
    issuer: str

    def require(self, name: str) -> str:
        """Return the parameter `name`. Raises `InvalidRequest` when it is missing."""
        value = self.parameters.get(name, "")
        if not value:
            raise InvalidRequest(f"{name} is missing.")
        return value


def record_grant(action: str, session: Session, *, outcome: Outcome = Outcome.ALLOWED, reason: str = "") -> None:
    """Write down what a grant did to `session`, whose connection, person, client and workspace are loaded."""
    connection = session.connection
    record_event(
        action,
        subject=str(connection.user.subject),
        email=connection.user.email,
        client_id=connection.client.client_id,
        client_name=connection.client.name,
        workspace=connection.workspace.slug,
        connection_id=connection.pk,
        session_id=session.pk,
        outcome=outcome,
        reason=reason,
    )
