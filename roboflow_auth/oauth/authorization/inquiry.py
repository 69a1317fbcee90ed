"""Making the question that a person is asked, and deciding whether they need to be asked at all (P-A7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from roboflow_auth.access.catalogue import IDENTITY_SCOPES
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.authorization.question import Question
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.clients import changes_since
from roboflow_auth.oauth.connections import Parties, list_connections
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.oauth.rules.redirect_uri import is_private_scheme, is_this_machine
from roboflow_auth.oauth.workspace_apps.rules import Welcome, rules_of
from roboflow_auth.workspaces.models import Membership
from roboflow_auth.workspaces.selectors import list_memberships


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A request as one person meets it: their workspaces, what they allowed before, and the question that remains.

    `welcomes` says for each workspace, by its row's number, how it takes the app.
    """

    user: User
    client: Client
    validated: ValidatedRequest
    memberships: Sequence[Membership]
    connections: Sequence[Connection]
    question: Question
    welcomes: Mapping[int, Welcome]

    @property
    def parties(self) -> Parties:
        """Who would agree with whom."""
        return parties_of(self.user, self.client, self.validated)

    @property
    def welcome(self) -> Welcome:
        """How the workspace takes the app that the question is about; while there is none, nothing is in the way."""
        membership = self.question.membership
        return self.welcomes[membership.workspace_id] if membership else Welcome.ALLOWED

    @property
    def may_be_skipped(self) -> bool:
        """Whether the person already allowed exactly this to a client whose identity is assured (P-A7).

        With agreements for several workspaces the person chooses, every time. No request parameter can make this true;
        `prompt` can only make it false.
        """
        return (
            is_assured(self.client, self.validated.redirect_uri)
            and not {"consent", "select_account"} & set(self.validated.prompts)
            and len(self.connections) == 1
            and self.welcome is Welcome.ALLOWED
            and self.question.is_answered
            and not changes_since(self.connections[0].shown_metadata, self.client)
        )


def inquire(user: User, client: Client, validated: ValidatedRequest, workspace: str = "") -> Inquiry:
    """Return what `user` has to be asked, in the workspace they chose (its slug) or in the one that suggests itself."""
    memberships = list_memberships(user)
    connections = list_connections(parties_of(user, client, validated), timezone.now())
    rules = rules_of([membership.workspace_id for membership in memberships])
    welcomes = {pk: rule.welcome(client, validated.redirect_uri) for pk, rule in rules.items()}
    is_sign_in_only = not frozenset(validated.scopes) - IDENTITY_SCOPES
    membership = _select(memberships, connections, welcomes, workspace, is_sign_in_only=is_sign_in_only)
    connection = next((c for c in connections if membership and c.workspace_id == membership.workspace_id), None)
    question = Question(frozenset(validated.scopes), membership, connection)
    return Inquiry(user, client, validated, memberships, connections, question, welcomes)


def parties_of(user: User, client: Client, validated: ValidatedRequest) -> Parties:
    """Return who would agree with whom."""
    return Parties(user, client, validated.redirect_uri, Resource(validated.resource))


def is_assured(client: Client, redirect_uri: str) -> bool:
    """Return whether an answer to `redirect_uri` reaches nobody but the client that the person was shown.

    RFC 8252 §8.6: an app on the person's machine can't prove who it is, whatever its registration says.
    """
    if is_this_machine(redirect_uri) or is_private_scheme(redirect_uri):
        return False
    return client.is_staff_registered or client.is_metadata_document


def _select(
    memberships: Sequence[Membership],
    connections: Sequence[Connection],
    welcomes: Mapping[int, Welcome],
    slug: str,
    *,
    is_sign_in_only: bool,
) -> Membership | None:
    if is_sign_in_only and not slug:
        # Every agreement stands in a workspace, but this one gives nothing of it: a person's own is as good as any that
        # takes the app.
        known = {connection.workspace_id for connection in connections}
        ranked = sorted(
            memberships,
            key=lambda m: (
                welcomes[m.workspace_id] is not Welcome.ALLOWED,
                m.workspace_id not in known,
                m.role != RoleName.OWNER,
            ),
        )
        return ranked[0] if ranked else None
    if slug:
        return next((m for m in memberships if m.workspace.slug == slug), None)
    if len(memberships) == 1:
        return memberships[0]
    remembered = connections[0].workspace_id if connections else None
    # What the person chose before is suggested as long as it can be chosen.
    open_to = (m for m in memberships if welcomes[m.workspace_id] is Welcome.ALLOWED)
    return next((m for m in open_to if m.workspace_id == remembered), None)
