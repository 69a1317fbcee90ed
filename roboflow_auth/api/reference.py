"""The reference for people, made from the OpenAPI document: chapters of operations, each with an example call."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import ROLES, SCOPES
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.examples import example_of, example_path, resolve
from roboflow_auth.core.languages import translated
from roboflow_auth.workspaces.models import ROLE_LABELS


@dataclass(frozen=True, slots=True)
class Field:
    """One input: where it stands (`path`, `query` or `body`), its type in words, and what it means."""

    name: str
    place: str
    kind: str
    is_required: bool
    choices: list[str]
    note: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `consent` is the sentence with which people lend its scope, `roles` names who may do it."""

    anchor: str
    method: str
    path: str
    title: str
    paragraphs: list[str]
    scope: str
    consent: str
    roles: list[str]
    fields: list[Field]
    status: str
    result: str
    curl: str
    example: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations about one noun."""

    title: str
    anchor: str
    operations: list[Operation]


def make_chapters(document: dict[str, Any]) -> list[Chapter]:
    """Return the chapters of `document`, an OpenAPI document of ours, in the order of its paths."""
    chapters: dict[str, Chapter] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            title = operation["tags"][0]
            chapter = chapters.setdefault(title, Chapter(translated(title), title.lower().replace(" ", "-"), []))
            chapter.operations.append(_operation(document, path, method, operation))
    return list(chapters.values())


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    scope = operation["security"][0]["oauth2"][0]
    action = Action(operation["x-action"])
    status = next(iter(operation["responses"]))
    result = operation["responses"][status]
    body = _media(operation.get("requestBody", {}))
    return Operation(
        anchor=operation["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        title=translated(operation["summary"]),
        paragraphs=[translated(part) for part in operation.get("description", "").split("\n\n") if part],
        scope=scope,
        consent=translated(SCOPES[scope].consent),
        roles=[str(ROLE_LABELS[role]) for role, actions in ROLES.items() if action in actions],
        fields=[*_parameters(document, operation), *_body_fields(document, resolve(document, body))],
        status=status,
        result=translated(result["description"]),
        curl=_curl(document, path, method, body),
        example=_pretty(example_of(document, _media(result))),
    )


def _parameters(document: dict[str, Any], operation: dict[str, Any]) -> list[Field]:
    return [
        _field(document, row["name"], row["in"], row["schema"], row.get("required", False), row.get("description", ""))
        for row in sorted(operation.get("parameters", []), key=lambda row: row["in"])
    ]


def _body_fields(document: dict[str, Any], body: dict[str, Any]) -> list[Field]:
    required = body.get("required", [])
    return [
        _field(document, name, "body", schema, name in required, schema.get("description", ""))
        for name, schema in body.get("properties", {}).items()
    ]


def _field(
    document: dict[str, Any], name: str, place: str, schema: dict[str, Any], is_required: bool, note: str
) -> Field:
    resolved = resolve(document, schema)
    choices = [choice for choice in resolved.get("enum", []) if choice]
    # The document's generator lists the choices in the description too; here they have a place of their own.
    return Field(name, place, _kind(resolved), is_required, choices, translated(note.partition("\n\n* ")[0]))


def _kind(schema: dict[str, Any]) -> str:
    kind = str(schema.get("type", "string"))
    bounds = [_("from %(number)s") % {"number": schema["minimum"]}] if "minimum" in schema else []
    bounds += [_("to %(number)s") % {"number": schema["maximum"]}] if "maximum" in schema else []
    bounds += [_("up to %(number)s characters") % {"number": schema["maxLength"]}] if "maxLength" in schema else []
    bounds += [_("default %(value)s") % {"value": schema["default"]}] if schema.get("default") not in (None, "") else []
    return ", ".join([" ".join([kind, *bounds[:2]]), *bounds[2:]])


def _curl(document: dict[str, Any], path: str, method: str, body: dict[str, Any]) -> str:
    # With a body, curl sends POST by itself.
    verb = "" if body or method == "get" else f"-X {method.upper()} "
    lines = [f"curl {verb}{document['servers'][0]['url']}{example_path(path)}", '-H "Authorization: Bearer $TOKEN"']
    if body:
        lines.append("--json " + shlex.quote(_pretty(example_of(document, body))))
    return " \\\n  ".join(lines)


def _media(holder: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = holder.get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
