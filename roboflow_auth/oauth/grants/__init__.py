"""The grant types: one file each, and the registry that the token endpoint and the metadata read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from roboflow_auth.oauth.grants.authorization_code import redeem_code
from roboflow_auth.oauth.grants.client_credentials import act_as_service
from roboflow_auth.oauth.grants.device_code import redeem_device_code
from roboflow_auth.oauth.grants.jwt_bearer import redeem_assertion
from roboflow_auth.oauth.grants.refresh_token import refresh
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.grants.token_exchange import exchange
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.service_clients import find_service_client
from roboflow_auth.oauth.stored_clients import find_caller, find_client


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant type: what it gives for a request, and how the client is found, with whatever else the grant needs.

    `by_anybody` says whether a client may register it for itself; what is left needs staff. Where a grant is not
    `by_registration` it is no client's to register: staff allow it elsewhere, and the grant itself looks.
    """

    answer: Callable[[TokenRequest], dict[str, Any]]
    find_client: Callable[[str], Client | None] = find_caller
    by_anybody: bool = True
    by_registration: bool = True


GRANTS: Mapping[str, Grant] = {
    "authorization_code": Grant(redeem_code),
    "refresh_token": Grant(refresh),
    Client.GRANT_DEVICE_CODE: Grant(redeem_device_code),
    "client_credentials": Grant(act_as_service, find_service_client, by_anybody=False),
    # The flag «may exchange» of a client.
    "urn:ietf:params:oauth:grant-type:token-exchange": Grant(
        exchange, find_client, by_anybody=False, by_registration=False
    ),
    # The apps of a trusted issuer.
    "urn:ietf:params:oauth:grant-type:jwt-bearer": Grant(redeem_assertion, by_anybody=False, by_registration=False),
}

# What staff may tick for a client.
REGISTERED: tuple[str, ...] = tuple(name for name, grant in GRANTS.items() if grant.by_registration)


# What a client may say of itself (P-C2).
SELF_REGISTERED: tuple[str, ...] = tuple(name for name, grant in GRANTS.items() if grant.by_anybody)
