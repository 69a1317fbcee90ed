"""Token revocation (RFC 7009; protocol.md P-R1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from roboflow_auth.core.http import no_store, read_form
from roboflow_auth.core.secrets import SecretKind, hash_secret
from roboflow_auth.oauth.connections import end_session
from roboflow_auth.oauth.derived_tokens import revoke_derived_token
from roboflow_auth.oauth.errors import InvalidRequest
from roboflow_auth.oauth.models import AccessToken, Client, RefreshToken
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.client_auth import identify_client


@json_endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """End the session of a token. Unknown tokens, and those of other clients, are answered alike (RFC 7009 §2.2)."""
    parameters = read_form(request)
    client = identify_client(request, parameters)
    raw_token = parameters.get("token", "")
    if not raw_token:
        raise InvalidRequest("token is missing.")
    token = _find_token(client, raw_token)
    if isinstance(token, AccessToken) and token.parent_id is not None:
        # The session is that of the app it acts for, which goes on.
        revoke_derived_token(token)
    elif token is not None:
        end_session(token.session, "revoked_by_client")
    return no_store(HttpResponse(status=200))


def _find_token(client: Client, raw_token: str) -> AccessToken | RefreshToken | None:
    # The prefix tells the kind, so token_type_hint (§2.1) has nothing to add.
    model = RefreshToken if raw_token.startswith(SecretKind.REFRESH_TOKEN) else AccessToken
    found: AccessToken | RefreshToken | None = (
        model.objects.filter(token_checksum=hash_secret(raw_token), application=client)
        .select_related("session__connection__client", "session__connection__user", "session__connection__workspace")
        .first()
    )
    return found
