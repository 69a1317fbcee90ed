"""Example values for the reference, found by the names of shapes and fields, so that they read like real answers."""

from __future__ import annotations

from typing import Any

# A field of one shape first, then a field of any; where a name is missing, its type tells what stands there.
EXAMPLES: dict[str, Any] = {
    "AnnotationView.kind": "box",
    "ApiKeyChanges.disabled": True,
    "ApiKeyChanges.name": "Nightly export",
    "ApiKeyChanges.scopes": ["project:read"],
    "ApiKeyView.id": "12",
    "ApiKeyView.name": "Nightly export",
    "ApiKeyView.state": "active",
    "AnnotationView.points": [],
    "AuditEntry.id": 4711,
    "Box.x": 120.5,
    "Box.y": 64.0,
    "Box.width": 210.0,
    "Box.height": 145.5,
    "ImageSummary.classes": ["box"],
    "ImageSummary.id": "h7GqkPz2Vw4R",
    "ImageSummary.name": "dock-3.jpg",
    "ImageView.id": "h7GqkPz2Vw4R",
    "ImageView.name": "dock-3.jpg",
    "Member.name": "Alice Moreau",
    "NewProject.name": "Warehouse boxes",
    "WantedApiKey.name": "Nightly export",
    "WorkspaceView.name": "Acme Robotics",
    "action": "create_project",
    "actor_email": "alice@example.com",
    "after": "4711",
    "annotated_images": 96,
    "annotation": "boxes",
    "class_name": "box",
    "client_name": "Claude Code",
    "color": "#8622ff",
    "deleted_by": "alice@example.com",
    "duration_ms": 12,
    "effective_actions": ["create_project", "view_project"],
    "email": "alice@example.com",
    "expires_at": "2026-12-21T09:30:00Z",
    "expires_in_days": 90,
    "granted_scopes": ["project:create", "project:read"],
    "height": 480,
    "id": "acme/warehouse-boxes",
    "hint": "x7Qa",
    "image": "h7GqkPz2Vw4R",
    "images": 120,
    "item": "warehouse-boxes",
    "key": "12",
    "kind": "project",
    "license": "CC BY 4.0",
    "last_used_at": "2026-11-21T09:30:00Z",
    "limit": 50,
    "made_by": "alice@example.com",
    "made_with": "Claude Code",
    "metadata": {"camera": "dock-3"},
    "name": "Warehouse boxes",
    "offset": 0,
    "outcome": "allowed",
    "project": "warehouse-boxes",
    "project_id": "acme/warehouse-boxes",
    "role": "owner",
    "rolled_at": "2026-11-20T09:30:00Z",
    "scopes": ["project:read", "image:read"],
    "secret": "rfk_…",
    "slug": "acme",
    "split": "train",
    "status": "annotated",
    "tags": ["night"],
    "target": "acme/warehouse-boxes",
    "tool": "projects_create",
    "total": 1,
    "type": "object-detection",
    "unusable_scopes": [],
    "via": "mcp",
    "width": 640,
    "workspace": "acme",
    "workspace_name": "Acme Robotics",
}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1.0, "boolean": True, "object": {}}


def example_path(path: str) -> str:
    """Return `path` with example values in place of its names."""
    for name in ("workspace", "project", "image", "key", "item"):
        path = path.replace(f"{{{name}}}", EXAMPLES[name])
    return path


def example_of(document: dict[str, Any], schema: dict[str, Any], shape: str = "", name: str = "") -> Any:
    """Return an example of `schema`, which is that of the field `name` of `shape`, or of no field."""
    known = EXAMPLES.get(f"{shape}.{name}", EXAMPLES.get(name))
    schema, shape = resolve(document, schema), name_of(schema) or shape
    if schema.get("type") == "array":
        return known if isinstance(known, list) else [example_of(document, schema["items"], shape)]
    if known is not None:
        return known
    if "anyOf" in schema:
        return example_of(document, schema["anyOf"][0], shape)
    if "properties" in schema:
        return {key: example_of(document, value, shape, key) for key, value in schema["properties"].items()}
    if schema.get("format") == "date-time":
        return "2026-11-21T09:30:00Z"
    return _BY_TYPE.get(schema.get("type", ""), "…")


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` with the component that it refers to in place of the reference."""
    # A reference may be wrapped, to stand beside a description.
    for wrapped in schema.get("allOf", ()):
        schema = {**wrapped, **{key: value for key, value in schema.items() if key != "allOf"}}
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][name_of(schema)]
    return {**found, **{key: value for key, value in schema.items() if key != "$ref"}}


def name_of(schema: dict[str, Any]) -> str:
    """Return the name of the component that `schema` refers to, or nothing."""
    return str(schema.get("$ref", "")).rpartition("/")[2]
