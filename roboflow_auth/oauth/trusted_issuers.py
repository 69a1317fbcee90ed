"""What an enterprise's identity provider may do here: for whom it speaks, and what follows (protocol.md P-T6)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from roboflow_auth.access.catalogue import SCOPES, known_scopes
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.connections import Parties, allow_connection, join_scopes, record_on_session, revoke_connection
from roboflow_auth.oauth.models import Client, Connection, Session, TrustedIssuer
from roboflow_auth.workspaces.models import Membership

_Claim = TrustedIssuer.PersonClaim


def find_trusted_issuer(issuer: str, tenant: str, client: Client) -> TrustedIssuer | None:
    """Return the issuer that calls itself `issuer` and whose assertions `client` may bring. One statement.

    An issuer with several tenants is as many issuers: each speaks for its own enterprise and for no other.
    """
    return (
        TrustedIssuer.objects.filter(issuer=issuer, tenant=tenant, clients=client, is_disabled=False)
        .select_related("workspace")
        .first()
    )


def claim_of_person(issuer: TrustedIssuer) -> str:
    """Return the name of the claim that says who the person is."""
    return "email" if issuer.person_claim == _Claim.EMAIL else "sub"


def find_member(issuer: TrustedIssuer, subject: str) -> Membership | None:
    """Return the membership, with its person, of whom `issuer` calls `subject`: an active member of its workspace.

    A service is nobody's employee, and an e-mail address that nobody confirmed here is nobody's. One statement.
    """
    named = _named(issuer, subject)
    if named is None:
        return None
    return (
        Membership.objects.filter(
            named, workspace=issuer.workspace, user__is_active=True, user__service_client__isnull=True
        )
        .select_related("user", "own_role")
        .first()
    )


def ceiling_of(issuer: TrustedIssuer) -> frozenset[str]:
    """Return all that `issuer` may ever grant."""
    return known_scopes(issuer.scope_ceiling.split()) or frozenset(SCOPES)


def is_still_trusted(issuer: TrustedIssuer, client: Client) -> bool:
    """Return whether what was read of `issuer` still holds, for `client` too, and hold off staff's changes of it.

    Call it in the transaction that grants something: either that is over before staff's change, which then ends it, or
    it sees the change. One statement.
    """
    unchanged = TrustedIssuer.objects.filter(
        pk=issuer.pk,
        clients=client,
        is_disabled=False,
        workspace=issuer.workspace_id,
        person_claim=issuer.person_claim,
        scope_ceiling=issuer.scope_ceiling,
    )
    return unchanged.select_for_update(of=("self",)).values_list("pk", flat=True).first() is not None


def open_session(
    issuer: TrustedIssuer, member: Membership, client: Client, resource: Resource, scopes: frozenset[str]
) -> Session:
    """Return a session in which `client` may use `scopes` for the person of `member`, as `issuer` grants it.

    What was granted before is used again, and widened where it is too narrow: that one assertion asks for less than
    another does not touch the tokens of the other. What the person took away stays away, and so does the end that they
    chose. Two statements for what is there already; call it in a transaction. Raises `NotWelcome` for an app that the
    workspace's admins blocked.
    """
    connection = _find_connection(issuer, member, client, resource)
    if connection is not None:
        scopes -= connection.withheld_scopes
    added = scopes - (connection.scopes if connection else frozenset())
    if connection is None or added:
        connection = _allow(issuer, member, client, resource, scopes)
    connection.client, connection.user, connection.workspace = client, member.user, issuer.workspace
    found = Session.objects.filter(connection=connection, ended_at__isnull=True).order_by("pk").last()
    session = found or Session.objects.create(connection=connection, scope=connection.scope)
    session.connection = connection
    if found is None or added:
        record_on_session(session, "authorize", detail=join_scopes(added or scopes), reason="granted_by_enterprise")
    return session


def settle_issuer(issuer: TrustedIssuer) -> None:
    """End or narrow what the saved `issuer` granted and would not grant any more. Doing it again changes nothing."""
    ceiling = ceiling_of(issuer)
    clients = frozenset() if issuer.is_disabled else frozenset(issuer.clients.values_list("pk", flat=True))
    with transaction.atomic():
        live = Connection.objects.filter(granted_by=issuer, revoked_at__isnull=True)
        for connection in live.select_related("client", "user", "workspace"):
            if connection.client_id not in clients or connection.workspace_id != issuer.workspace_id:
                revoke_connection(connection, "issuer_changed")
            elif not connection.scopes <= ceiling:
                Connection.objects.filter(pk=connection.pk).update(scope=join_scopes(connection.scopes & ceiling))


def _named(issuer: TrustedIssuer, subject: str) -> Q | None:
    if issuer.person_claim != _Claim.SUB_IS_SUBJECT:
        address = subject.lower()
        return Q(user__email=address, user__emailaddress__email=address, user__emailaddress__verified=True)
    try:
        return Q(user__subject=uuid.UUID(subject))
    except ValueError:
        return None


def _find_connection(
    issuer: TrustedIssuer, member: Membership, client: Client, resource: Resource
) -> Connection | None:
    return Connection.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()),
        user=member.user_id,
        client=client,
        workspace=issuer.workspace_id,
        resource=resource,
        granted_by=issuer,
        revoked_at__isnull=True,
        # P-G4: from before the person left and came back, it is over.
        workspace__memberships__user=F("user"),
        workspace__memberships__joined_at__lte=F("created_at"),
    ).first()


def _allow(
    issuer: TrustedIssuer, member: Membership, client: Client, resource: Resource, scopes: frozenset[str]
) -> Connection:
    # No answer goes anywhere, so there is no redirect URI.
    parties = Parties(member.user, client, "", resource, granted_by=issuer)
    return allow_connection(
        parties,
        issuer.workspace,
        offered=scopes,
        chosen=scopes,
        expires_at=None,
        shown_metadata={},
        by_staff=True,
    )
