"""The URLs of the API, all under /api/v1."""

from __future__ import annotations

from django.urls import URLPattern, path

from roboflow_auth.api.views.api_keys import ApiKeyResource, ApiKeys
from roboflow_auth.api.views.audit_log import AuditLog
from roboflow_auth.api.views.images import ImageResource, Images
from roboflow_auth.api.views.projects import ProjectResource, Projects
from roboflow_auth.api.views.reference import openapi, reference
from roboflow_auth.api.views.trash import Trash, TrashRestore
from roboflow_auth.api.views.workspaces import Me, Members, WorkspaceResource

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("/docs", reference, name="docs"),
    path("/schema", openapi, name="schema"),
    path("/me", Me.as_view(), name="me"),
    path("/workspaces/<str:workspace>", WorkspaceResource.as_view(), name="workspace"),
    path("/workspaces/<str:workspace>/members", Members.as_view(), name="members"),
    path("/workspaces/<str:workspace>/projects", Projects.as_view(), name="projects"),
    path("/workspaces/<str:workspace>/projects/<str:project>", ProjectResource.as_view(), name="project"),
    path("/workspaces/<str:workspace>/projects/<str:project>/images", Images.as_view(), name="images"),
    path(
        "/workspaces/<str:workspace>/projects/<str:project>/images/<str:image>", ImageResource.as_view(), name="image"
    ),
    path("/workspaces/<str:workspace>/trash", Trash.as_view(), name="trash"),
    path("/workspaces/<str:workspace>/trash/<str:item>/restore", TrashRestore.as_view(), name="trash-restore"),
    path("/workspaces/<str:workspace>/api-keys", ApiKeys.as_view(), name="api-keys"),
    path("/workspaces/<str:workspace>/api-keys/<str:key>", ApiKeyResource.as_view(), name="api-key"),
    path("/workspaces/<str:workspace>/audit-log", AuditLog.as_view(), name="audit-log"),
]
