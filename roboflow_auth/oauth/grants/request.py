"""What every grant is given: the client that proved itself, the parameters, and who this server is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roboflow_auth.oauth.errors import InvalidRequest
from roboflow_auth.oauth.models import Client


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request to the token endpoint. `dpop_jkt` is the key that it proved (RFC 9449 §5), empty for none."""

    client: Client
    parameters: Mapping[str, str]
    issuer: str
    dpop_jkt: str = ""

    def require(self, name: str) -> str:
        """Return the parameter `name`. Raises `InvalidRequest` when it is missing."""
        value = self.parameters.get(name, "")
        if not value:
            raise InvalidRequest(f"{name} is missing.")
        return value
