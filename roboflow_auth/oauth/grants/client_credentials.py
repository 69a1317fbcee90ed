"""The client credentials grant (RFC 6749 §4.4, OAuth 2.1 §4.2; protocol.md P-T6): a service acts for itself."""

from __future__ import annotations

from typing import Any

from roboflow_auth.core.compound import add_together
from roboflow_auth.oauth.connections import draft_on_session
from roboflow_auth.oauth.errors import UnauthorizedClient
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.rules.resource import requested_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.service_clients import find_service_session
from roboflow_auth.oauth.tokens import make_tokens


def act_as_service(request: TokenRequest) -> dict[str, Any]:
    """Return an access token for the workspace in which the client acts. Three statements with the client's own.

    Without `scope` it carries all that the client may do. Raises `UnauthorizedClient` for a client that proved nothing
    or that staff gave no workspace, `InvalidTarget` or `InvalidScope` for what stands beside it.
    """
    client = request.client
    if client.is_public:
        # RFC 6749 §4.4: only for confidential clients.
        raise UnauthorizedClient("A client without a secret can't act for itself.")
    resource = requested_resource(client, request.issuer, request.parameters.get("resource", ""))
    session = find_service_session(client, resource)
    if session is None:
        raise UnauthorizedClient("This client was given no workspace to act in.")
    allowed = frozenset(session.scope.split()) & session.connection.scopes
    scopes = narrowed_scopes(allowed, request.parameters.get("scope", ""))
    # RFC 6749 §4.4.3: no refresh token; the client comes again with its own proof.
    issued = make_tokens(session, scopes, dpop_jkt=request.dpop_jkt, may_refresh=False)
    add_together([*issued.rows, draft_on_session(session, "issue_token")])
    return issued.as_response(session.connection)
