"""The words of the access model: every action a person can take in a workspace, and every role."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Something a person can do in a workspace. Roles are sets of actions; scopes unlock actions for a client."""

    ACCEPT_ANNOTATION_JOB = "accept_annotation_job"
    ANNOTATE_IMAGE = "annotate_image"
    CREATE_ANNOTATION_JOB = "create_annotation_job"
    CREATE_API_KEY = "create_api_key"
    CREATE_BATCH = "create_batch"
    CREATE_PROJECT = "create_project"
    DELETE_ANNOTATION_JOB = "delete_annotation_job"
    DELETE_ANNOTATIONS = "delete_annotations"
    DELETE_BATCH = "delete_batch"
    DELETE_PROJECT = "delete_project"
    DELETE_VERSION = "delete_version"
    DELETE_WORKSPACE = "delete_workspace"
    EXPORT_VERSION = "export_version"
    GENERATE_VERSION = "generate_version"
    GET_API_KEY = "get_api_key"
    MANAGE_MEMBER = "manage_member"
    MANAGE_OAUTH_APP = "manage_oauth_app"
    MANAGE_ROLE = "manage_role"
    RESTORE_PROJECT = "restore_project"
    RESTORE_VERSION = "restore_version"
    RETURN_ANNOTATION_JOB = "return_annotation_job"
    REVIEW_ANNOTATION_JOB = "review_annotation_job"
    REVOKE_API_KEY = "revoke_api_key"
    SUBMIT_ANNOTATION_JOB = "submit_annotation_job"
    TAG_IMAGE = "tag_image"
    TRANSFER_WORKSPACE = "transfer_workspace"
    UPDATE_ANNOTATION_JOB = "update_annotation_job"
    UPDATE_API_KEY = "update_api_key"
    UPDATE_BATCH = "update_batch"
    UPDATE_PROJECT = "update_project"
    UPLOAD_IMAGE = "upload_image"
    VIEW_ANNOTATION_JOB = "view_annotation_job"
    VIEW_AUDIT_LOG = "view_audit_log"
    VIEW_BATCH = "view_batch"
    VIEW_IMAGE = "view_image"
    VIEW_MEMBER = "view_member"
    VIEW_PROJECT = "view_project"
    VIEW_TRASH = "view_trash"
    VIEW_VERSION = "view_version"
    VIEW_WORKSPACE = "view_workspace"
    VIEW_WORKSPACE_API_KEYS = "view_workspace_api_keys"


class RoleName(StrEnum):
    """The system roles. They can't be edited; a workspace has exactly one owner."""

    OWNER = "owner"
    ADMIN = "admin"
    REVIEWER = "reviewer"
    LABELER = "labeler"
    VIEWER = "viewer"
