"""The token endpoint (RFC 6749 §3.2; protocol.md P-T1)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import HttpRequest

from roboflow_auth.core.http import read_form
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.core.removal import is_gone
from roboflow_auth.oauth.errors import InvalidProof, InvalidRequest, UnauthorizedClient, UnsupportedGrantType
from roboflow_auth.oauth.grants import GRANTS
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.removal import refusal_of
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.client_auth import identify_client
from roboflow_auth.oauth.rules.dpop import address_of, proof_headers, verify_proof
from roboflow_auth.oauth.rules.single_use import use_up_proof
from roboflow_auth.oauth.stored_clients import find_caller


@json_endpoint("POST")
def token(request: HttpRequest) -> dict[str, Any]:
    """Exchange a grant for tokens. A DPoP proof takes one statement more than the grant does."""
    # RFC 8707 §2 and RFC 8693 §2.1: these may be repeated.
    parameters = read_form(request, repeatable=frozenset({"resource", "audience"}))
    grant_type = parameters.get("grant_type", "")
    grant = GRANTS.get(grant_type)
    client = identify_client(request, parameters, grant.find_client if grant else find_caller)
    if not grant_type:
        raise InvalidRequest("grant_type is missing.")
    if grant is None:
        raise UnsupportedGrantType(f"Use one of: {', '.join(GRANTS)}.")
    if grant.by_registration and not client.may_use(grant_type):
        raise UnauthorizedClient("The client did not register this grant type.")
    asked = TokenRequest(client, parameters, public_url_of(request), _proved_key(request, client))
    try:
        return grant.answer(asked)
    except (DatabaseError, ObjectDoesNotExist) as error:
        if not is_gone(error):
            raise
        # Tokens refer to their client, session and person, so the database itself refuses those of what was deleted.
        raise refusal_of(client) from error


def _proved_key(request: HttpRequest, client: Client) -> str:
    """Return the thumbprint of the key that a request proves (RFC 9449 §5), or nothing. Raises `InvalidProof`."""
    headers = proof_headers(request)
    if not headers:
        if client.dpop_bound_access_tokens:
            # RFC 9449 §5.2: a client that registered so gets nothing that others could use.
            raise InvalidProof("This client registered that its tokens are bound to a key: send a DPoP proof.")
        return ""
    proof = verify_proof(headers, "POST", address_of(request))
    use_up_proof(proof)
    return proof.jkt
