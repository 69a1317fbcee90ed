"""Rows that tests start from, made the way the product makes them; each function returns what it made."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from PIL import Image as Picture

from roboflow_auth.access.catalogue import BASELINE, ROLES
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.services import create_api_key
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.request_context import RequestContext, request_scope
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.images.models import Image
from roboflow_auth.images.services import add_image, replace_annotations
from roboflow_auth.images.shapes import NewAnnotation
from roboflow_auth.labeling.models import AnnotationJob
from roboflow_auth.oauth.connections import record_on_connection
from roboflow_auth.oauth.models import AccessToken, Client, Connection, Session
from roboflow_auth.projects.models import Project, ProjectType
from roboflow_auth.projects.services import create_project
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.selectors import principal_of_member
from roboflow_auth.workspaces.services import create_workspace

PASSWORD = "demo-password"
# Hashed once for all: Argon2id is slow on purpose.
_PASSWORD_HASH = make_password(PASSWORD)


def make_user(email: str, name: str = "", **fields: Any) -> User:
    """Return a person whose e-mail address is verified and whose password is PASSWORD."""
    user = User.objects.create(email=email, name=name, password=_PASSWORD_HASH, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_workspace(owner: User, slug: str, name: str = "") -> Workspace:
    """Return a workspace of `owner`."""
    return create_workspace(owner, name or slug.capitalize(), slug)


def make_member(workspace: Workspace, user: User, role: RoleName) -> Membership:
    """Return the membership that lets `user` into `workspace`."""
    return Membership.objects.create(workspace=workspace, user=user, role=role)


def make_client(**fields: Any) -> Client:
    """Return a public client with one loopback redirect URI, as most MCP clients register."""
    defaults = {
        "name": "Test client",
        "redirect_uris": "http://127.0.0.1/callback",
        "registration_source": Client.RegistrationSource.DCR,
        "client_type": Client.CLIENT_PUBLIC,
        "authorization_grant_type": Client.GRANT_AUTHORIZATION_CODE,
    }
    client: Client = Client.objects.create(**{**defaults, **fields})
    return client


def make_connection(
    user: User,
    workspace: Workspace,
    scopes: Iterable[str] = BASELINE,
    *,
    resource: Resource = Resource.MCP,
    client: Client | None = None,
    expires_at: datetime | None = None,
) -> Connection:
    """Return an agreement that lets `client` (a new one unless given) act for `user` in `workspace`."""
    return Connection.objects.create(
        user=user,
        client=client or make_client(),
        workspace=workspace,
        resource=resource,
        redirect_uri="http://127.0.0.1/callback",
        agreement_hash=hash_secret(make_secret(SecretKind.ACCESS_TOKEN)),
        scope=" ".join(scopes),
        expires_at=expires_at,
    )


def make_token(
    user: User, workspace: Workspace, scopes: Iterable[str] = BASELINE, *, resource: Resource = Resource.MCP
) -> str:
    """Return a raw access token of a new connection of `user` in `workspace`."""
    return make_token_of(make_connection(user, workspace, scopes, resource=resource))


def make_token_of(connection: Connection) -> str:
    """Return a raw access token of a new session of `connection`."""
    raw_token = make_secret(SecretKind.ACCESS_TOKEN)
    session = Session.objects.create(connection=connection, scope=connection.scope)
    AccessToken.objects.create(
        session=session,
        user=connection.user,
        application=connection.client,
        token_checksum=hash_secret(raw_token),
        scope=connection.scope,
        expires=timezone.now() + timedelta(hours=1),
    )
    return raw_token


def make_call(
    connection: Connection,
    tool: str = "workspace_get",
    *,
    via: str = "mcp",
    action: str = "view_workspace",
    target: str = "",
    reason: str = "",
) -> AuditEvent:
    """Return the audit row of a call that the app of `connection` made; it was refused if there is a `reason`."""
    with request_scope(RequestContext(via=via, tool=tool)):
        outcome = Outcome.REFUSED if reason else Outcome.ALLOWED
        record_on_connection(connection, action, target=target, outcome=outcome, reason=reason)
    return AuditEvent.objects.latest("pk")


def make_api_key(user: User, workspace: Workspace, scopes: Iterable[str] = BASELINE) -> str:
    """Return a raw API key of `user` for `workspace`; who may not make one has it from when they were an admin."""
    principal = make_principal(user, workspace)
    if Action.CREATE_API_KEY not in principal.actions:
        principal = replace(principal, role=RoleName.ADMIN, actions=ROLES[RoleName.ADMIN])
    return create_api_key(principal, name=f"Test key {secrets.token_hex(3)}", scopes=scopes).secret


def make_principal(user: User, workspace: Workspace, scopes: Iterable[str] | None = None) -> Principal:
    """Return `user` in `workspace`: in a browser, or with `scopes` as a client that was lent these and no others."""
    principal = principal_of_member(
        Membership.objects.select_related("user", "workspace").get(user=user, workspace=workspace)
    )
    if scopes is None:
        return principal
    return replace(principal, credential=Credential.TOKEN, scopes=frozenset(scopes))


def make_project(workspace: Workspace, name: str = "Shelves", **fields: Any) -> Project:
    """Return a project of `workspace` that its owner made; its slug comes from `name`."""
    owner = workspace.memberships.get(role=RoleName.OWNER).user
    wanted = {"project_type": ProjectType.OBJECT_DETECTION.value, "annotation": "boxes", **fields}
    view = create_project(make_principal(owner, workspace), name=name, **wanted)
    return Project.objects.select_related("workspace").get(workspace=workspace, slug=view.id.partition("/")[2])


def make_picture(color: str = "white", size: tuple[int, int] = (64, 48), format: str = "PNG", **options: Any) -> bytes:  # noqa: A002
    """Return the bytes of an image of one color; `options` are Pillow's, as in `exif=…`."""
    stream = io.BytesIO()
    Picture.new("RGB", size, color).save(stream, format, **options)
    return stream.getvalue()


def make_image(project: Project, name: str = "image.png", data: bytes | None = None, **fields: Any) -> Image:
    """Return an image that the workspace's owner added to `project`; unless `data` is given, no other has its bytes."""
    owner = project.workspace.memberships.get(role=RoleName.OWNER).user
    data = data or make_picture(f"#{secrets.token_hex(3)}")
    added = add_image(make_principal(owner, project.workspace), project.wire_id, name, data, **fields)
    return Image.objects.select_related("project__workspace").get(public_id=added.image.id)


def make_annotations(image: Image, *annotations: NewAnnotation) -> None:
    """Mark `annotations` on `image`, in place of what the workspace's owner marked before."""
    workspace = image.project.workspace
    owner = workspace.memberships.get(role=RoleName.OWNER).user
    replace_annotations(make_principal(owner, workspace), image.project.wire_id, image.public_id, annotations)


def make_job(project: Project, labeler: User, *images: Image) -> AnnotationJob:
    """Return a job in which `labeler` labels `images`."""
    job = AnnotationJob.objects.create(project=project, name="Job", labeler=labeler)
    job.images.set(images)
    return job
