"""The JWT bearer grant for identity assertions (RFC 7523 §2.1; protocol.md P-T6): enterprise-managed authorization.

An enterprise's identity provider signs that one of its people may use an app here (ID-JAG: draft-ietf-oauth-identity-
assertion-authz-grant-04 §4.4, and the MCP extension built on it). Nobody is asked: staff named the issuer, the apps
that may bring its assertions, and the one workspace it speaks for; the role of the person limits it as ever.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from roboflow_auth.access.catalogue import BASELINE, OFFLINE_ACCESS, known_scopes, usable_scopes
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.connections import record_on_session
from roboflow_auth.oauth.errors import InvalidGrant, InvalidScope, UnauthorizedClient
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.issuer_keys import find_issuer_key
from roboflow_auth.oauth.models import Client, Session, TrustedIssuer
from roboflow_auth.oauth.rules.identity_assertion import IdentityAssertion, read_identity_assertion
from roboflow_auth.oauth.rules.pinned_keys import check_current_key
from roboflow_auth.oauth.rules.resource import check_same_resource, requested_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.rules.single_use import use_up
from roboflow_auth.oauth.tokens import IssuedTokens, issue_tokens
from roboflow_auth.oauth.trusted_issuers import (
    ceiling_of,
    claim_of_person,
    find_member,
    find_trusted_issuer,
    is_still_trusted,
    open_session,
)
from roboflow_auth.oauth.workspace_apps.rules import NotWelcome
from roboflow_auth.workspaces.models import Membership

GRANT_PROFILE = "urn:ietf:params:oauth:grant-profile:id-jag"
# The enterprise takes access back by signing nothing more, which is felt when the last token has run out.
_MAX_SECONDS = 900
_UNTRUSTED = "The issuer of the assertion is not trusted here, or not with this client."


def redeem_assertion(request: TokenRequest) -> dict[str, Any]:
    """Return an access token for an identity assertion. Nine statements once the person's connection is there.

    Raises `UnauthorizedClient` for a client that proved nothing, `InvalidGrant` for an assertion that is not good here
    and now, `InvalidTarget` or `InvalidScope` for what it asks for; none of these uses it up.
    """
    client = request.client
    _check_client(client)
    assertion = read_identity_assertion(request.require("assertion"), client, request.issuer, request.dpop_jkt)
    issuer = _find_signer(assertion, client)
    member = _find_member(assertion, issuer)
    resource = _resource_for(request, assertion)
    granted = _granted(assertion, issuer, client, member)
    scopes = narrowed_scopes(granted, request.parameters.get("scope", ""))
    issued = _issue(request, assertion, issuer, member, resource, scopes, granted)
    return issued.as_response(issued.access_token.session.connection)


def _check_client(client: Client) -> None:
    if client.is_public:
        # §8.1: only for confidential clients, since the assertion is bound to its client by nothing but client_id.
        raise UnauthorizedClient("A client that proves nothing of itself can't bring an assertion.")
    check_current_key(client)


def _find_signer(assertion: IdentityAssertion, client: Client) -> TrustedIssuer:
    issuer = find_trusted_issuer(assertion.issuer, assertion.tenant, client)
    if issuer is None:
        raise InvalidGrant(_UNTRUSTED)
    if find_issuer_key(issuer, assertion.jwt) is None:
        raise InvalidGrant("No key of its issuer verifies the assertion.")
    return issuer


def _find_member(assertion: IdentityAssertion, issuer: TrustedIssuer) -> Membership:
    claim = claim_of_person(issuer)
    subject = assertion.subject(claim)
    if claim == "email" and assertion.jwt.claims.get("email_verified", True) is not True:
        raise InvalidGrant("The issuer itself has not verified the e-mail address.")
    member = find_member(issuer, subject)
    if member is None:
        raise InvalidGrant("The assertion names nobody who may act in the workspace of its issuer.")
    return member


def _resource_for(request: TokenRequest, assertion: IdentityAssertion) -> Resource:
    """Return the resource of the assertion, or of the request where it names none. Raises `InvalidTarget`."""
    asked = request.parameters.get("resource", "")
    resource = requested_resource(request.client, request.issuer, assertion.resources or asked)
    check_same_resource(request.client, request.issuer, asked, resource)
    return resource


def _granted(assertion: IdentityAssertion, issuer: TrustedIssuer, client: Client, member: Membership) -> frozenset[str]:
    """Return what the assertion grants here: known scopes, under both ceilings, that the person's role can use.

    An assertion without a scope grants the baseline (P-A5). Raises `InvalidScope` when nothing is left.
    """
    asserted = frozenset(BASELINE) if assertion.scope is None else known_scopes(assertion.scope.split())
    ceiling = known_scopes(client.scope_ceiling.split()) or asserted
    usable = usable_scopes(member.actions)
    # There is nothing to refresh: the client brings the next assertion.
    granted = (asserted & ceiling & ceiling_of(issuer) & usable) - {OFFLINE_ACCESS}
    if not granted:
        raise InvalidScope("The assertion grants nothing that this person could use here.")
    return granted


def _issue(
    request: TokenRequest,
    assertion: IdentityAssertion,
    issuer: TrustedIssuer,
    member: Membership,
    resource: Resource,
    scopes: frozenset[str],
    granted: frozenset[str],
) -> IssuedTokens:
    """Use the assertion up and return what it buys, or do neither."""
    client = request.client
    with transaction.atomic():
        if not is_still_trusted(issuer, client):
            raise InvalidGrant(_UNTRUSTED)
        # RFC 7523 §3, item 7. Only `client` can present it, so its client and issuer tell it from all others.
        if not use_up(client, f"id-jag {issuer.pk} {assertion.jti}", assertion.kept_until):
            raise InvalidGrant("The assertion was used before.")
        session = _open_session(issuer, member, client, resource, granted)
        scopes &= session.connection.scopes
        if not scopes:
            raise InvalidScope("The person took away what the assertion grants.")
        issued = issue_tokens(session, scopes, dpop_jkt=request.dpop_jkt, may_refresh=False, max_seconds=_MAX_SECONDS)
        record_on_session(session, "issue_token", reason="identity_assertion", detail=issuer.issuer)
    return issued


def _open_session(
    issuer: TrustedIssuer, member: Membership, client: Client, resource: Resource, granted: frozenset[str]
) -> Session:
    try:
        return open_session(issuer, member, client, resource, granted)
    except NotWelcome as error:
        raise InvalidGrant("The admins of the workspace do not let this app in.") from error
