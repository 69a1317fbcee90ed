"""Fills an empty server. What is there already is left as it is, whoever made or changed it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from roboflow_auth.access.catalogue import ROLES, Level, scopes_of_level
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.services import create_api_key, update_api_key
from roboflow_auth.images.models import Image
from roboflow_auth.labeling.models import AnnotationJob
from roboflow_auth.projects.models import Project
from roboflow_auth.web.demo.apps import connect_apps
from roboflow_auth.web.demo.history import dated_back, written_in_order
from roboflow_auth.web.demo.people import (
    ALICE,
    BOB,
    CAROL,
    PEOPLE,
    add_invitation,
    add_member,
    create_workspace_once,
    find_or_create_person,
)
from roboflow_auth.web.demo.projects import BOARDS, CHESS, KITCHEN, SHELVES, TOMATOES, Plan, make_project
from roboflow_auth.web.demo.workspace_apps import seed_apps
from roboflow_auth.workspaces.models import Workspace
from roboflow_auth.workspaces.roles import create_role
from roboflow_auth.workspaces.selectors import find_membership, principal_of_member

JOB_NAME = "Aisles 1 to 4, second half"
_JOB_IMAGES = 8
# Of the shelves, what Bob's app annotated: the images of his job that are done.
_FIRST_BY_APP, _LAST_BY_APP = 10, 12
# How old Acme is: older than all that apps did there.
_AGE = timedelta(days=30)


@transaction.atomic
def seed() -> bool:
    """Add the people who are missing, and fill the workspaces that are missing; return whether any were.

    A workspace is filled when it is made and never again, so that a second run does next to nothing, and what
    people changed or deleted in one stays that way.
    """
    users = {person: find_or_create_person(person) for person in PEOPLE}
    with written_in_order():
        made = [
            _seed_acme(users[ALICE], users[BOB]),
            _seed_personal(users[ALICE], "Alice's workspace", "alice", CHESS),
            _seed_personal(users[CAROL], "Carol's workspace", "carol", KITCHEN),
        ]
    return any(made)


def _seed_acme(alice: User, bob: User) -> bool:
    with dated_back(_AGE):
        acme = create_workspace_once(alice, "Acme Robotics", "acme")
        if acme is None:
            return False
        add_member(acme, bob, RoleName.LABELER)
        owner = _principal(alice, acme)
        lead = create_role(owner, "Line lead", ROLES[RoleName.REVIEWER] | {Action.UPLOAD_IMAGE, Action.CREATE_BATCH})
        shelves, *_others = [make_project(owner, plan) for plan in (SHELVES, BOARDS, TOMATOES)]
    _make_older(acme)
    add_invitation(acme, alice, "dana@demo.local", lead)
    _make_keys(owner)
    # Two of the eight images are annotated: the last ones of the project are those that nobody has looked at.
    job = AnnotationJob.objects.create(project=shelves[0].project, name=JOB_NAME, labeler=bob, reviewer=alice)
    job.images.set(shelves[-_JOB_IMAGES:])
    connect_apps(find_membership(alice, acme.slug))
    seed_apps(owner, bob, acme, shelves[_FIRST_BY_APP:_LAST_BY_APP])
    return True


def _make_older(workspace: Workspace) -> None:
    """Let the workspace, its projects and their images be as old as the rows that tell of their making."""
    made = {"created_at": F("created_at") - _AGE}
    Workspace.objects.filter(pk=workspace.pk).update(**made)
    Project.objects.filter(workspace=workspace).update(**made)
    Image.objects.filter(project__workspace=workspace).update(**made)


def _make_keys(owner: Principal) -> None:
    """Let the list of keys show something. Nobody has their secrets, which are thrown away here."""
    create_api_key(owner, name="Nightly export", scopes=scopes_of_level(Level.READ), lifetime_days=90)
    old = create_api_key(owner, name="Old labeling script", scopes=scopes_of_level(Level.LABEL), lifetime_days=None)
    update_api_key(owner, old.api_key.id, disabled=True)


def _seed_personal(owner: User, name: str, slug: str, plan: Plan) -> bool:
    workspace = create_workspace_once(owner, name, slug)
    if workspace is None:
        return False
    make_project(_principal(owner, workspace), plan)
    return True


def _principal(user: User, workspace: Workspace) -> Principal:
    return principal_of_member(find_membership(user, workspace.slug))
