"""Client authentication at the token, revocation and introspection endpoints (RFC 6749 §2.3; protocol.md P-C4).

A secret client may use Basic or the body, whichever it registered: real clients mix them up. It never gets by without
its secret, a client with keys never without a signed assertion, and a public client never counts as authenticated.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.http import HttpRequest

from roboflow_auth.core.http import client_address
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.core.rate_limits import LimitName, address_key, check
from roboflow_auth.core.secrets import is_same_secret
from roboflow_auth.oauth.errors import InvalidClient, InvalidRequest
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.client_assertion import REFUSED, claimed_client_id, read_assertion, verify_assertion
from roboflow_auth.oauth.rules.signed_jwt import SignedJwt
from roboflow_auth.oauth.stored_clients import find_caller

_MAX_HEADER = 8192


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What a request says about its client; `secret` is empty and `assertion` None where none was sent."""

    client_id: str
    secret: str = ""
    assertion: SignedJwt | None = None


def identify_client(
    request: HttpRequest, parameters: Mapping[str, str], find: Callable[[str], Client | None] = find_caller
) -> Client:
    """Return the client of a request: proved by its secret or key, or public and named by `client_id` alone.

    `find` looks it up, in one statement; an assertion takes another one. Its `proved_by` says by which key. Raises
    `InvalidClient` for unknown and disabled clients and for wrong or missing proofs, `InvalidRequest` when a request
    uses two methods at once, `TooManyRequests` for too many failures, or too many requests of this client.
    """
    credentials = _read_credentials(request, parameters)
    client = find(credentials.client_id) if credentials.client_id else None
    try:
        proved = _prove(client, credentials, public_url_of(request))
    except InvalidClient:
        _count_failure(credentials.client_id, client_address(request))
        raise
    check(LimitName.CLIENT, caller_key(proved, client_address(request)))
    return proved


def _prove(client: Client | None, credentials: ClientCredentials, issuer: str) -> Client:
    """Return `client` if it is who it says. Raises `InvalidClient`."""
    if client is None or client.is_disabled:
        raise InvalidClient(REFUSED)
    if credentials.assertion is not None:
        client.proved_by = verify_assertion(credentials.assertion, client, issuer)
    elif not _is_proved(client, credentials.secret):
        raise InvalidClient(REFUSED)
    return client


def _count_failure(client_id: str, address: str) -> None:
    # P-L1. Failures alone count, and whoever has the secret gets in whatever others try under the same ID, even from
    # behind the same address: nobody guesses 256 bits, so it is enough that guessing is told to stop.
    check(LimitName.CLIENT_FAILURES, f"{client_id} {address_key(address)}")


def caller_key(client: Client, address: str) -> str:
    """Return what counts as one client, which proved itself or is public and was called from `address`."""
    # P-L1: per client and not per address, because hosted clients share one. But the ID of a public client is no proof:
    # without the address beside it anybody could use up the share of all people who use that client.
    return f"{client.pk} {address_key(address)}" if client.is_public else str(client.pk)


def _is_proved(client: Client, raw_secret: str) -> bool:
    if client.is_public:
        # A secret where none was registered is a mistake that must not look like a proof.
        return not raw_secret
    return client.has_secret and is_same_secret(raw_secret, client.client_secret)


def _read_credentials(request: HttpRequest, parameters: Mapping[str, str]) -> ClientCredentials:
    in_body = ClientCredentials(parameters.get("client_id", ""), parameters.get("client_secret", ""))
    header = _read_basic(request.headers.get("Authorization", ""))
    assertion = read_assertion(parameters)
    # RFC 6749 §2.3: not more than one authentication method in each request.
    if bool(header) + bool(assertion) + bool(in_body.secret) > 1:
        raise InvalidRequest("The client authenticated in two ways at once.")
    if header is not None and in_body.client_id not in ("", header.client_id):
        raise InvalidRequest("client_id is not the client of the Basic header.")
    if assertion is not None:
        return ClientCredentials(claimed_client_id(assertion), assertion=assertion)
    return header or in_body


def _read_basic(authorization: str) -> ClientCredentials | None:
    """Return the credentials of a Basic header, None for another scheme. Raises `InvalidClient` for a malformed one."""
    # RFC 9110 §11.1: the scheme is case-insensitive.
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip()[:_MAX_HEADER], validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise InvalidClient("The Basic authorization header is malformed.") from error
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise InvalidClient("The Basic authorization header is malformed.")
    # RFC 6749 §2.3.1: both halves are form-urlencoded before they are joined.
    return ClientCredentials(unquote_plus(client_id), unquote_plus(secret))
