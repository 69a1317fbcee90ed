"""The URLs of the pages."""

from __future__ import annotations

from django.urls import path

from roboflow_auth.web.views import (
    audit_log,
    browse,
    connections,
    invitations,
    members,
    roles,
    workspace,
    workspace_apps,
)
from roboflow_auth.web.views.activity import activity, activity_csv, connection_activity, connection_activity_csv
from roboflow_auth.web.views.api_key_changes import change_scopes, change_state, rename, revoke
from roboflow_auth.web.views.api_key_secrets import new_key, roll
from roboflow_auth.web.views.api_keys import api_key, api_keys
from roboflow_auth.web.views.connect import connect
from roboflow_auth.web.views.health import healthz, readyz
from roboflow_auth.web.views.home import home
from roboflow_auth.web.views.identity_providers import confirm_at, confirm_at_provider
from roboflow_auth.web.views.language import choose_language
from roboflow_auth.web.views.robots import robots
from roboflow_auth.web.views.thumbnails import thumbnail

app_name = "web"

urlpatterns = [
    path("", home, name="home"),
    path("connect", connect, name="connect"),
    path("keys", api_keys, name="keys"),
    path("keys/new", new_key, name="new-key"),
    path("keys/<str:key_id>", api_key, name="key"),
    path("keys/<str:key_id>/name", rename, name="rename-key"),
    path("keys/<str:key_id>/scopes", change_scopes, name="narrow-key"),
    path("keys/<str:key_id>/state", change_state, name="switch-key"),
    path("keys/<str:key_id>/roll", roll, name="roll-key"),
    path("keys/<str:key_id>/revoke", revoke, name="revoke-key"),
    path("accounts/confirm/", confirm_at_provider, name="confirm_at_provider"),
    path("accounts/confirm/<slug:provider_id>/", confirm_at, name="confirm_at"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("language", choose_language, name="language"),
    path("robots.txt", robots, name="robots"),
    path("connections", connections.connections, name="connections"),
    path("connections/disconnect-all", connections.disconnect_all, name="disconnect_all"),
    path("connections/<int:connection_id>/access", connections.change_access, name="change_access"),
    path("connections/<int:connection_id>/expiry", connections.change_expiry, name="change_expiry"),
    path("connections/<int:connection_id>/label", connections.rename, name="rename_connection"),
    path("connections/<int:connection_id>/disconnect", connections.disconnect, name="disconnect"),
    path("connections/<int:connection_id>/activity", connection_activity, name="connection_activity"),
    path("connections/<int:connection_id>/activity.csv", connection_activity_csv, name="connection_activity_csv"),
    path(
        "connections/<int:connection_id>/sessions/<int:session_id>/label",
        connections.rename_session,
        name="rename_session",
    ),
    path("connections/<int:connection_id>/sessions/<int:session_id>/end", connections.end_session, name="end_session"),
    path("activity", activity, name="activity"),
    path("activity.csv", activity_csv, name="activity_csv"),
    path("thumbnails/<str:signed>", thumbnail, name="thumbnail"),
    path("workspaces/new", workspace.new_workspace, name="workspace_new"),
    path("invitation/<str:token>", invitations.invitation_link, name="invitation_link"),
    path("invitations/<int:invitation>", invitations.invitation, name="invitation"),
    path("invitations/<int:invitation>/accept", invitations.accept, name="invitation_accept"),
    path("invitations/<int:invitation>/decline", invitations.decline, name="invitation_decline"),
    path("w/<slug:workspace>", workspace.overview, name="workspace"),
    path("w/<slug:workspace>/leave", workspace.leave, name="workspace_leave"),
    path("w/<slug:workspace>/settings", workspace.settings_page, name="workspace_settings"),
    path("w/<slug:workspace>/transfer", workspace.transfer, name="workspace_transfer"),
    path("w/<slug:workspace>/delete", workspace.delete, name="workspace_delete"),
    path("w/<slug:workspace>/members", members.members, name="workspace_members"),
    path("w/<slug:workspace>/members/<int:member>/role", members.change_role, name="workspace_member_role"),
    path("w/<slug:workspace>/members/<int:member>/remove", members.remove, name="workspace_member_remove"),
    path("w/<slug:workspace>/invitations/<int:invitation>/resend", members.resend, name="workspace_resend"),
    path("w/<slug:workspace>/invitations/<int:invitation>/withdraw", members.withdraw, name="workspace_withdraw"),
    path("w/<slug:workspace>/roles", roles.roles, name="workspace_roles"),
    path("w/<slug:workspace>/roles/new", roles.new_role, name="workspace_role_new"),
    path("w/<slug:workspace>/roles/<slug:role>", roles.edit_role, name="workspace_role"),
    path("w/<slug:workspace>/roles/<slug:role>/remove", roles.delete_role, name="workspace_role_remove"),
    path("w/<slug:workspace>/audit", audit_log.audit_log, name="workspace_audit"),
    path("w/<slug:workspace>/audit.csv", audit_log.audit_log_csv, name="workspace_audit_csv"),
    path("w/<slug:workspace>/apps", workspace_apps.apps, name="workspace_apps"),
    path("w/<slug:workspace>/apps/rule", workspace_apps.change_policy, name="workspace_app_rule"),
    path("w/<slug:workspace>/apps/decision", workspace_apps.decide, name="workspace_app_decision"),
    path("w/<slug:workspace>/apps/end-not-allowed", workspace_apps.end_not_allowed, name="end_not_allowed_apps"),
    path("w/<slug:workspace>/apps/<slug:app>", workspace_apps.app, name="workspace_app"),
    path("w/<slug:workspace>/apps/<slug:app>/disconnect", workspace_apps.disconnect, name="workspace_app_disconnect"),
    path("w/<slug:workspace>/projects", browse.projects, name="workspace_projects"),
    path("w/<slug:workspace>/projects/<slug:project>", browse.project, name="workspace_project"),
    path("w/<slug:workspace>/projects/<slug:project>/images/<slug:image>", browse.image, name="workspace_image"),
    path(
        "w/<slug:workspace>/projects/<slug:project>/images/<slug:image>/<slug:size>",
        browse.image_bytes,
        name="workspace_image_bytes",
    ),
]
