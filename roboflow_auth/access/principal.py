"""Who asks: one value for people in a browser, clients with a token, and API keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.vocabulary import Action


class Credential(StrEnum):
    """How a principal proved itself."""

    TOKEN = "access_token"  # noqa: S105
    API_KEY = "api_key"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """The client that calls, and the agreement under which it does.

    Mostly it is the client that the person lent access to; it can be one that acts for that client (RFC 8693).
    """

    client_id: str
    name: str
    connection_id: int
    session_id: int


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, in one workspace, with what they may do there now and what they lent to the credential at hand.

    `actions` are those of the person's current role; `scopes` are what the credential carries now (token ∩ connection,
    or the API key's). A browser session of the person carries every workspace scope. `lent_until` is when the
    connection or the key ends, None where it does not.
    """

    user_id: int
    subject: str
    email: str
    workspace_id: int
    workspace: str
    workspace_name: str
    role: str
    actions: frozenset[Action]
    credential: Credential
    scopes: frozenset[str] = field(default=WORKSPACE_SCOPES)
    client: ClientIdentity | None = None
    api_key_id: int | None = None
    lent_until: datetime | None = None

    @property
    def lent_by(self) -> str:
        """The agreement under which this is a caller, as one word: a connection, an API key, or the person's own."""
        if self.client is not None:
            return f"connection:{self.client.connection_id}"
        return f"api_key:{self.api_key_id}" if self.api_key_id is not None else f"person:{self.user_id}"

    @property
    def can_step_up(self) -> bool:
        """Whether asking the person for more scopes is possible (never for API keys)."""
        return self.credential is Credential.TOKEN
