"""What the OpenAPI document says of one operation; all of it follows from the view's declarations and annotations."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from roboflow_auth.access.catalogue import SCOPE_OF_ACTION
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.problems import MEDIA_TYPE

PATH_NAMES = {
    "workspace": "The slug of your workspace; `GET /api/v1/me` names it.",
    "project": "The project's slug: what stands in its `id` after the slash.",
    "image": "The image's `id`.",
    "key": "The API key's `id`.",
    "item": "The item's `id` without the workspace: what stands in it after the slash.",
}
_ARTICLES = frozenset({"a", "an", "the"})
_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}
_REFUSALS = {
    "400": "The request can't be read: a broken query or body, a parameter twice, or two credentials at once.",
    "401": "No credential, or one that is not valid here.",
    "403": "The role does not allow it (`permission_denied`), or a scope is missing (`insufficient_scope`).",
    "404": "It does not exist, or you may not see it.",
    "422": "An input has the wrong form or value.",
}
_REFUSALS_OF_BODIES = {
    "411": "The body does not say how long it is.",
    "413": "The body is longer than any operation needs.",
    "415": "The body is not `application/json`.",
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details (RFC 9457). `code` is for programs, `detail` for people.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "hint": {"type": "string", "description": "What to do about it."},
        "scope": {"type": "string", "description": "The scopes that are missing."},
        "errors": {
            "type": "array",
            "description": "The inputs that are wrong.",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["field", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
}


class Refusal:
    """Stands for problem details among the components."""


class OperationSchema(AutoSchema):
    """Reads a `ResourceView`: docstrings, `actions`, `queries`, `bodies`, and what its methods return."""

    def get_operation_id(self) -> str:
        """Return the summary in snake case, without its articles."""
        words = [word for word in self.get_summary().lower().split() if word not in _ARTICLES]
        return "_".join(words)

    def get_summary(self) -> str:
        """Return the first line of the method's docstring, without its full stop."""
        return self._doc().partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """Return the rest of the method's docstring, its paragraphs as one line each."""
        rest = self._doc().partition("\n")[2].strip()
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in rest.split("\n\n"))

    def get_tags(self) -> list[str]:
        """Return the view's chapter."""
        return [self._resource().tag]

    def get_auth(self) -> list[dict[str, Any]]:
        """Return the two ways to call the operation, the first with the scope that it needs."""
        return [{"oauth2": [SCOPE_OF_ACTION[self._action()]]}, {"apiKey": []}]

    def get_extensions(self) -> dict[str, Any]:
        """Return the action, by which roles allow the operation."""
        return {"x-action": str(self._action())}

    def get_override_parameters(self) -> list[Any]:
        """Return the names in the path, and the fields of the declared query."""
        names = [name for name in PATH_NAMES if f"{{{name}}}" in self.path]
        path = [OpenApiParameter(name, str, OpenApiParameter.PATH, description=PATH_NAMES[name]) for name in names]
        query = self._resource().queries.get(self.method)
        return [*path, *([query] if query else [])]

    def get_request_serializer(self) -> Any:
        """Return the declared body, or None."""
        return self._resource().bodies.get(self.method)

    def get_response_serializers(self) -> Any:
        """Return the shape that the method returns, and the refusals that the operation knows."""
        returned = get_type_hints(self._method())["return"]
        is_created = is_dataclass(get_origin(returned))
        shape = get_args(returned)[0] if is_created else returned
        result = OpenApiResponse(self._schema_of(shape), description=_doc_of(shape))
        known = _REFUSALS | (_REFUSALS_OF_BODIES if self.get_request_serializer() else {})
        refusals = {
            (status, MEDIA_TYPE): OpenApiResponse(self._component(Refusal, _PROBLEM_SCHEMA, "Problem"), description)
            for status, description in sorted(known.items())
        }
        return {("201" if is_created else "200", "application/json"): result, **refusals}

    def _method(self) -> Any:
        return getattr(type(self.view), self.method.lower())

    def _resource(self) -> Any:
        # A `ResourceView`, which names this class and so can't be named here.
        return self.view

    def _doc(self) -> str:
        return inspect.getdoc(self._method()) or ""

    def _action(self) -> Action:
        action: Action = self._resource().actions[self.method]
        return action

    def _schema_of(self, hint: Any) -> dict[str, Any]:
        if is_dataclass(hint) and isinstance(hint, type):
            return self._component(hint, self._schema_of_shape(hint), hint.__name__)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is list:
            return {"type": "array", "items": self._schema_of(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._schema_of(arguments[1])}
        if origin in (Union, UnionType):
            return {"anyOf": [self._schema_of(argument) for argument in arguments]}
        return dict(_SCALARS[hint])

    def _schema_of_shape(self, shape: type[Any]) -> dict[str, Any]:
        hints = get_type_hints(shape)
        names = [field.name for field in fields(shape)]
        properties = {name: self._schema_of(hints[name]) for name in names}
        return {"type": "object", "description": _doc_of(shape), "properties": properties, "required": names}

    def _component(self, identity: type[Any], schema: dict[str, Any], name: str) -> dict[str, Any]:
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema=schema, object=identity)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        reference: dict[str, Any] = component.ref
        return reference


def _doc_of(shape: type[Any]) -> str:
    return " ".join((inspect.getdoc(shape) or "").split())
