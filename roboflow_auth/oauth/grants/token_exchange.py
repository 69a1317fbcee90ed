"""The token exchange grant (RFC 8693; protocol.md P-T6): a service behind an app gets a short, narrower token.

A resource server that has to call on can pass on less than it was handed, and the record shows who called. What counts
as a subject token is what its presenter may introspect: a live access token that was issued to it, or that is for the
resource it serves. The new token stays with the same person, workspace, resource, connection and session. That the
subject token is bound to its client's key (RFC 9449) is no hindrance: nobody else can prove that key, and whoever
exchanges has proved who they are. The new token is bound to the key that the exchange proved, if it proved one.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from roboflow_auth.access.catalogue import OFFLINE_ACCESS, known_scopes
from roboflow_auth.core.public_url import Resource, resource_url
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.oauth.derived_tokens import issue_derived_token
from roboflow_auth.oauth.errors import InvalidRequest, InvalidScope, UnauthorizedClient
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.lineage import MAX_ACTORS
from roboflow_auth.oauth.models import AccessToken, Client
from roboflow_auth.oauth.rules.pinned_keys import check_current_key
from roboflow_auth.oauth.rules.resource import check_same_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.rules.token_ownership import may_handle
from roboflow_auth.oauth.tokens import effective_scopes, find_access_token
from roboflow_auth.oauth.workspace_apps.rules import is_blocked, lock_apps

ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
# RFC 8693 §2.2.2: invalid_request is the error for a subject token that is no good, whatever is wrong with it.
_REFUSED = "The subject_token is not a live access token of this client, or for the resource that it serves."


def exchange(request: TokenRequest) -> dict[str, Any]:
    """Return a token for a token. Six statements.

    Raises `UnauthorizedClient` for a client that staff did not let exchange, or that the workspace's admins blocked,
    `InvalidRequest` for what is no subject token of this client's, `InvalidTarget` or `InvalidScope` for what stands
    beside it, `TooManyRequests`.
    """
    _check_client(request.client)
    _check_types(request)
    parent = _find_subject(request)
    # P-L1: a count of its own, so that exchanging does not use up the session's refreshes.
    check(LimitName.SESSION, f"exchange {parent.session_id}")
    _check_target(request, Resource(parent.session.connection.resource))
    scopes = _scopes_for(request, parent)
    with transaction.atomic():
        # Under the lock that a block takes: it either comes before this look, or ends what is issued here.
        lock_apps(parent.session.connection.workspace_id)
        if is_blocked(request.client, parent.session.connection.workspace_id):
            raise UnauthorizedClient("The admins of the workspace blocked this client there.")
        issued = issue_derived_token(parent, request.client, scopes, dpop_jkt=request.dpop_jkt)
    # RFC 8693 §2.2.1. There is no refresh token: whoever has the subject token still exchanges it again.
    return {**issued.as_response(parent.session.connection), "issued_token_type": ACCESS_TOKEN_TYPE}


def _check_client(client: Client) -> None:
    if client.is_public or not client.may_exchange:
        # RFC 8693 §2.1: without authentication anybody who finds a token could make more of it.
        raise UnauthorizedClient("Staff have not let this client exchange tokens.")
    check_current_key(client)


def _check_types(request: TokenRequest) -> None:
    if request.require("subject_token_type") != ACCESS_TOKEN_TYPE:
        raise InvalidRequest(f"The only subject_token_type is {ACCESS_TOKEN_TYPE}.")
    if request.parameters.get("requested_token_type", ACCESS_TOKEN_TYPE) != ACCESS_TOKEN_TYPE:
        raise InvalidRequest(f"The only requested_token_type is {ACCESS_TOKEN_TYPE}.")
    if "actor_token" in request.parameters or "actor_token_type" in request.parameters:
        # The client that authenticates is the actor. To ignore another one would tell a falsehood in `act`.
        raise InvalidRequest("actor_token is not supported: the client itself is the actor.")


def _find_subject(request: TokenRequest) -> AccessToken:
    token = find_access_token(request.require("subject_token"))
    if token is None or not may_handle(request.client, token):
        raise InvalidRequest(_REFUSED, detail="unknown or dead subject token, or none of this client's business")
    if len(token.actors or ()) >= MAX_ACTORS:
        raise InvalidRequest(f"At most {MAX_ACTORS} clients may act in a row.")
    return token


def _check_target(request: TokenRequest, granted: Resource) -> None:
    """Raise `InvalidTarget` unless all that the request names, if anything, is what the subject token is for.

    The person agreed to one resource, so an exchange leads to no other.
    """
    named = [request.parameters[name] for name in ("resource", "audience") if name in request.parameters]
    resources = " ".join(named) or resource_url(request.issuer, granted)
    check_same_resource(request.client, request.issuer, resources, granted)


def _scopes_for(request: TokenRequest, parent: AccessToken) -> frozenset[str]:
    """Return what the subject token can do now and this client may ask for, or the part of it that is asked for."""
    usable = effective_scopes(frozenset(parent.scope.split()), parent)
    ceiling = known_scopes(request.client.scope_ceiling.split())
    # Nothing is refreshed with it.
    granted = (usable & ceiling if ceiling else usable) - {OFFLINE_ACCESS}
    scopes = narrowed_scopes(granted, request.parameters.get("scope", ""))
    if not scopes:
        raise InvalidScope("The subject token allows nothing that this client may ask for.")
    return scopes
