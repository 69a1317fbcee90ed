"""The demo's people, the workspaces in which they meet, and who is still asked in."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.workspaces.invitations import LIFETIME
from roboflow_auth.workspaces.models import Invitation, Membership, Role, Workspace
from roboflow_auth.workspaces.services import create_workspace

# Known to everyone, and therefore refused outside of development.
PASSWORD = "demo-password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Person:
    """Someone to sign in as."""

    email: str
    name: str
    is_staff: bool = False


ALICE = Person("alice@demo.local", "Alice Moreau")
BOB = Person("bob@demo.local", "Bob Okafor")
CAROL = Person("carol@demo.local", "Carol Lindt")
STAFF = Person("staff@demo.local", "Sam Staff", is_staff=True)
PEOPLE = (ALICE, BOB, CAROL, STAFF)


def find_or_create_person(person: Person) -> User:
    """Return the account of `person`, as it is when there is one: its password may be another by now."""
    user = User.objects.filter(email=person.email).first()
    if user is not None:
        return user
    user = User.objects.create_user(
        person.email, PASSWORD, name=person.name, is_staff=person.is_staff, is_superuser=person.is_staff
    )
    # Verified, since no mail arrives at demo.local.
    EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    return user


def create_workspace_once(owner: User, name: str, slug: str) -> Workspace | None:
    """Return a new workspace of `owner`; None when its slug is taken, by an earlier run or by someone else."""
    if Workspace.objects.filter(slug=slug).exists():
        return None
    return create_workspace(owner, name, slug)


def add_member(workspace: Workspace, user: User, role: RoleName) -> None:
    """Let `user` into a new workspace."""
    Membership.objects.create(workspace=workspace, user=user, role=role)


def add_invitation(workspace: Workspace, inviter: User, email: str, role: Role) -> None:
    """Ask somebody in who did not answer yet. Nobody knows the link: no mail arrives at a demo's addresses."""
    Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role.slug,
        own_role=role,
        invited_by=inviter,
        token_hash=hash_secret(make_secret(SecretKind.INVITATION)),
        expires_at=timezone.now() + LIFETIME,
    )
