"""What actions are called where people choose them: a sentence for each, in groups.

An action that is all of a scope is called what the scope is called on the consent page, so nothing is stated twice.
"""

from __future__ import annotations

from roboflow_auth.access.catalogue import ROLES, SCOPE_OF_ACTION, SCOPES
from roboflow_auth.access.vocabulary import Action, RoleName

_OWN_WORDS = {
    Action.VIEW_PROJECT: "See projects and their classes",
    Action.VIEW_TRASH: "See what is in the trash",
    Action.UPDATE_PROJECT: "Change projects",
    Action.DELETE_PROJECT: "Move projects to the trash",
    Action.RESTORE_PROJECT: "Take projects out of the trash",
    Action.VIEW_VERSION: "See dataset versions",
    Action.EXPORT_VERSION: "Export dataset versions",
    Action.DELETE_VERSION: "Move dataset versions to the trash",
    Action.RESTORE_VERSION: "Take dataset versions out of the trash",
    Action.VIEW_WORKSPACE_API_KEYS: "See which API keys there are",
    Action.GET_API_KEY: "See the details of an API key (never its secret)",
    Action.MANAGE_OAUTH_APP: "Decide which apps may connect",
    Action.MANAGE_ROLE: "Make and change roles",
    Action.TRANSFER_WORKSPACE: "Rename the workspace, and give it to another owner",
    Action.DELETE_WORKSPACE: "Delete the workspace",
}

ACTION_GROUPS: dict[str, tuple[Action, ...]] = {
    "Workspace": (
        *(Action.VIEW_WORKSPACE, Action.VIEW_MEMBER, Action.MANAGE_MEMBER, Action.MANAGE_ROLE),
        *(Action.MANAGE_OAUTH_APP, Action.VIEW_AUDIT_LOG, Action.TRANSFER_WORKSPACE, Action.DELETE_WORKSPACE),
    ),
    "Projects": (
        *(Action.VIEW_PROJECT, Action.CREATE_PROJECT, Action.UPDATE_PROJECT),
        *(Action.DELETE_PROJECT, Action.RESTORE_PROJECT, Action.VIEW_TRASH),
    ),
    "Images": (Action.VIEW_IMAGE, Action.UPLOAD_IMAGE, Action.TAG_IMAGE, Action.ANNOTATE_IMAGE),
    "Batches": (Action.VIEW_BATCH, Action.CREATE_BATCH, Action.UPDATE_BATCH, Action.DELETE_BATCH),
    "Labeling jobs": (
        *(Action.VIEW_ANNOTATION_JOB, Action.CREATE_ANNOTATION_JOB, Action.UPDATE_ANNOTATION_JOB),
        *(Action.SUBMIT_ANNOTATION_JOB, Action.REVIEW_ANNOTATION_JOB, Action.RETURN_ANNOTATION_JOB),
        *(Action.ACCEPT_ANNOTATION_JOB, Action.DELETE_ANNOTATION_JOB, Action.DELETE_ANNOTATIONS),
    ),
    "Versions": (
        *(Action.VIEW_VERSION, Action.EXPORT_VERSION, Action.GENERATE_VERSION),
        *(Action.DELETE_VERSION, Action.RESTORE_VERSION),
    ),
    "API keys": (
        *(Action.VIEW_WORKSPACE_API_KEYS, Action.GET_API_KEY, Action.CREATE_API_KEY),
        *(Action.UPDATE_API_KEY, Action.REVOKE_API_KEY),
    ),
}
"""Every action once, under the title of its group, in the order in which people are shown them."""

OWNERS_ALONE = ROLES[RoleName.OWNER] - ROLES[RoleName.ADMIN]
"""What no role but the owner's ever contains, whoever makes it (access.md)."""


def words_of(action: Action) -> str:
    """Return what `action` is called on a page, as a sentence without its full stop."""
    return _OWN_WORDS.get(action) or SCOPES[SCOPE_OF_ACTION[action]].consent
