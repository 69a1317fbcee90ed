"""Issuing authorization codes (RFC 6749 §4.1.2; protocol.md P-A8)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.request_context import current_request
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.core.user_agents import device_of
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.authorization.sign_in import SignIn
from roboflow_auth.oauth.connections import join_scopes, record_on_session
from roboflow_auth.oauth.models import AuthorizationCode, Client, Connection, Session


def issue_code(
    connection: Connection, validated: ValidatedRequest, granted: frozenset[str], sign_in: SignIn, *, seconds: int
) -> str:
    """Return a new raw code for `granted` scopes of `connection`, good for `seconds`, with the session it will buy.

    Call it in the transaction of the answer. Three statements, the audit row among them.
    """
    raw_code = make_secret(SecretKind.AUTHORIZATION_CODE)
    context = current_request()
    session = Session.objects.create(
        connection=connection,
        scope=join_scopes(granted),
        address=context.address,
        device=device_of(context.user_agent),
    )
    AuthorizationCode.objects.create(
        code=hash_secret(raw_code),
        session=session,
        user_id=connection.user_id,
        application=connection.client,
        redirect_uri=validated.redirect_uri,
        scope=session.scope,
        code_challenge=validated.code_challenge,
        code_challenge_method="S256",
        nonce=validated.nonce,
        dpop_jkt=validated.dpop_jkt,
        auth_time=sign_in.at,
        amr=" ".join(sign_in.methods),
        expires=timezone.now() + timedelta(seconds=seconds),
    )
    record_on_session(session, "authorize", detail=session.scope)
    return raw_code


def record_denial(client: Client, subject: str, email: str) -> None:
    """Write down that a person said no."""
    record_event(
        "authorize",
        subject=subject,
        email=email,
        client_id=client.client_id,
        client_name=client.name,
        outcome=Outcome.REFUSED,
        reason="user_denied",
    )
