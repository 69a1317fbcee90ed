"""Dynamic client registration and its management (RFC 7591, RFC 7592; protocol.md P-C2, P-C3)."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from roboflow_auth.audit.recorder import draft_event, record_event
from roboflow_auth.core.compound import add_together
from roboflow_auth.core.http import MalformedBody, client_address, no_store, read_bytes
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.core.rate_limits import LimitName, address_key, check
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_same_secret, make_secret
from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.errors import InvalidClientMetadata, InvalidToken
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.pending_clients import make_room
from roboflow_auth.oauth.registration import (
    METADATA_FIELDS,
    apply_metadata,
    describe_client,
    narrow_metadata,
    renew_secret,
)
from roboflow_auth.oauth.removal import delete_own_client
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.bearer import read_bearer
from roboflow_auth.oauth.stored_clients import find_client

_MAX_DEPTH = 16
_NOT_ITS_TOKEN = "The registration access token is not the one of this client."  # noqa: S105


@json_endpoint("POST")
def register(request: HttpRequest) -> HttpResponse:
    """Register a client that nobody knew, and tell it what was registered.

    One statement; now and then two more, which prune and count who is pending.
    """
    check(LimitName.REGISTER_ADDRESS, address_key(client_address(request)))
    check(LimitName.REGISTER_ALL)
    make_room()
    # RFC 7591 §2: without a word about authentication a client gets a secret.
    metadata = narrow_metadata(_read_document(request), default_method=AuthMethod.BASIC)
    client = Client(registration_source=Client.RegistrationSource.DCR, registered_from=client_address(request))
    apply_metadata(client, metadata)
    raw_token = make_secret(SecretKind.REGISTRATION_TOKEN)
    client.registration_token_hash = hash_secret(raw_token)
    secret = _give_secret(client)
    event = draft_event("register_client", client_id=client.client_id, client_name=client.name)
    add_together([client, event])
    members = {**describe_client(client), **secret, **_management(request, client, raw_token)}
    return no_store(JsonResponse(members, status=201))


@json_endpoint("GET", "PUT", "DELETE")
def manage_registration(request: HttpRequest, client_id: str) -> dict[str, Any] | HttpResponse:
    """Read, replace or delete a registration with its own token (RFC 7592 §2)."""
    client = _find_own(request, client_id)
    if request.method == "DELETE":
        return _delete(client)
    secret: dict[str, Any] = {}
    if request.method == "PUT":
        client, secret = _replace(client, _read_document(request))
    return {**describe_client(client), **secret, **_management(request, client, read_bearer(request))}


def _find_own(request: HttpRequest, client_id: str) -> Client:
    client = find_client(client_id)
    raw_token = read_bearer(request)
    # RFC 7592 §2.1: an unknown client is answered like a wrong token.
    if client is None or client.is_disabled or not is_same_secret(raw_token, client.registration_token_hash):
        raise InvalidToken(_NOT_ITS_TOKEN)
    return client


def _replace(client: Client, document: dict[str, Any]) -> tuple[Client, dict[str, Any]]:
    """Replace the metadata; return the client, and a new secret when it now needs one and had none."""
    with transaction.atomic():
        # Read anew under a lock: what staff decided meanwhile, a rolled secret or a name not vouched for, stays so.
        current = Client.objects.select_for_update().filter(pk=client.pk).first()
        if current is None:
            raise InvalidToken(_NOT_ITS_TOKEN)
        _check_identity(current, document)
        apply_metadata(current, narrow_metadata(document, default_method=AuthMethod(current.auth_method)))
        # A client that authenticates by a secret keeps the one it has.
        secret = {} if current.has_secret and current.client_secret else _give_secret(current)
        current.save(update_fields=[*METADATA_FIELDS, "client_secret"])
        record_event("update_client", client_id=current.client_id, client_name=current.name)
    return current, secret


def _check_identity(client: Client, document: dict[str, Any]) -> None:
    # RFC 7592 §2.2: the identifier must be the client's, and a secret that is sent along must be the current one.
    if document.get("client_id", client.client_id) != client.client_id:
        raise InvalidClientMetadata("client_id is not the one of this registration.")
    secret = document.get("client_secret")
    is_current = isinstance(secret, str) and is_printable(secret) and is_same_secret(secret, client.client_secret)
    if secret is not None and not is_current:
        raise InvalidClientMetadata("client_secret is not the one of this registration.")


def _delete(client: Client) -> HttpResponse:
    """Delete the client, and with it every connection, session and token (RFC 7592 §2.3)."""
    delete_own_client(client)
    return no_store(HttpResponse(status=204))


def _give_secret(client: Client) -> dict[str, Any]:
    """Give a client that authenticates by one a new secret; return what its answer says of it, this once."""
    raw_secret = renew_secret(client)
    if not raw_secret:
        return {}
    # RFC 7591 §3.2.1: required with a secret; 0 means that it does not expire.
    return {"client_secret": raw_secret, "client_secret_expires_at": 0}


def _management(request: HttpRequest, client: Client, raw_token: str) -> dict[str, str]:
    address = f"{public_url_of(request)}/oauth/register/{client.client_id}"
    return {"registration_access_token": raw_token, "registration_client_uri": address}


def _read_document(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object of the body. Raises `InvalidClientMetadata` for anything else (RFC 7591 §3.2.2)."""
    if (request.content_type or "").lower() != "application/json":
        raise InvalidClientMetadata("The request body must be application/json.")
    try:
        document = json.loads(read_bytes(request).decode("utf-8"), object_pairs_hook=_distinct)
    except MalformedBody as error:
        raise InvalidClientMetadata(error.description) from error
    except (ValueError, RecursionError) as error:
        raise InvalidClientMetadata("The request body is not well-formed JSON.") from error
    if not isinstance(document, dict) or not _is_shallow(document):
        raise InvalidClientMetadata("The request body must be a JSON object, and not a deep one.")
    return document


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object. Raises `ValueError` for one that is there twice: which of them counts?"""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is repeated")
    return members


def _is_shallow(value: Any, depth: int = 0) -> bool:
    if depth > _MAX_DEPTH:
        return False
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_is_shallow(child, depth + 1) for child in children)
