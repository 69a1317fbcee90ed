"""The tools, as values: `@tool(ACTION)` on a plain function says all that the server needs to know about it.

The name is the function's, the description its docstring, the input schema its annotations, the output schema the
frozen dataclass that it returns, the scope the one that unlocks its action. Nothing is stated a second time.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from mcp_types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from mcp_server.caller import is_caller
from mcp_server.errors import ERROR_SCHEMA
from mcp_server.results import Illustrated
from roboflow_auth.access.catalogue import SCOPE_OF_ACTION
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.errors import InvalidInput

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: the function, who may call it, and what clients are told about it."""

    name: str
    title: str
    description: str
    action: Action
    hints: ToolAnnotations
    is_immediate: bool
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    function: Callable[..., Any]
    caller_parameter: str
    arguments_model: type[BaseModel]
    result_type: TypeAdapter[Any]

    @property
    def scope(self) -> str:
        """The scope that a call needs."""
        return SCOPE_OF_ACTION[self.action]

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments to call the function with. Raises `InvalidInput` naming every one that is wrong."""
        try:
            parsed = self.arguments_model.model_validate(arguments)
        except ValidationError as error:
            # The client's own values don't come back: they may be long, and the model knows what it sent.
            problems = [f"{_path(problem['loc'])}: {problem['msg']}" for problem in error.errors(include_url=False)]
            raise InvalidInput(f"Invalid arguments for {self.name}. {'; '.join(problems)}.") from error
        found = {name: getattr(parsed, name) for name in type(parsed).model_fields}
        if any("\x00" in value for value in found.values() if isinstance(value, str)):
            raise InvalidInput("Arguments can't contain NUL characters.")
        return found

    def call(self, principal: Principal, arguments: Mapping[str, Any]) -> Any:
        """Return what the function returns for `principal` and the parsed `arguments`."""
        return self.function(**{self.caller_parameter: principal}, **arguments)


_REGISTERED: dict[str, Tool] = {}


def tool(
    action: Action,
    *,
    read_only: bool = False,
    destructive: bool = False,
    idempotent: bool = False,
    open_world: bool = False,
    immediate: bool = False,
) -> Callable[[FunctionT], FunctionT]:
    """Register the decorated function as the tool for `action`, and leave it the plain function that it is.

    An `immediate` tool answers from what is known of the caller: it never waits, for the database or anything else.
    """
    hints = ToolAnnotations(
        read_only_hint=read_only,
        destructive_hint=destructive,
        idempotent_hint=idempotent or read_only,
        open_world_hint=open_world,
    )

    def register(function: FunctionT) -> FunctionT:
        described = _describe(function, action, hints, is_immediate=immediate)
        _REGISTERED[described.name] = described
        return function

    return register


def find_tool(name: str) -> Tool | None:
    """Return the tool of that name, or None."""
    return _REGISTERED.get(name)


def list_tools() -> list[Tool]:
    """Return every tool, by name, so that the order never changes (P-M4)."""
    return [_REGISTERED[name] for name in sorted(_REGISTERED)]


def input_schema_of(name: str) -> dict[str, Any] | None:
    """Return the input schema of the tool of that name, or None."""
    found = find_tool(name)
    return found.input_schema if found else None


def _describe(function: Callable[..., Any], action: Action, hints: ToolAnnotations, *, is_immediate: bool) -> Tool:
    annotations = get_type_hints(function, include_extras=True)
    [caller_parameter] = [name for name, annotation in annotations.items() if is_caller(annotation)]
    description = inspect.getdoc(function) or ""
    arguments_model = _arguments_model(function, annotations, caller_parameter)
    result_type: TypeAdapter[Any] = TypeAdapter(_shape(annotations["return"]))
    return Tool(
        name=function.__name__,
        title=description.partition("\n")[0].rstrip("."),
        description=description,
        action=action,
        hints=hints,
        is_immediate=is_immediate,
        input_schema=_without_titles(arguments_model.model_json_schema()),
        output_schema=_output_schema(result_type),
        function=function,
        caller_parameter=caller_parameter,
        arguments_model=arguments_model,
        result_type=result_type,
    )


def _arguments_model(
    function: Callable[..., Any], annotations: Mapping[str, Any], caller_parameter: str
) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name != caller_parameter:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[name] = (annotations[name], default)
    # Unknown arguments are refused: a misspelt one that is ignored would do something else than was asked for.
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _shape(returned: Any) -> Any:
    return get_args(returned)[0] if get_origin(returned) is Illustrated else returned


def _output_schema(result_type: TypeAdapter[Any]) -> dict[str, Any]:
    # Some clients hold the structured content of errors against this schema too, so it allows for either.
    schema = _without_titles(result_type.json_schema(mode="serialization"))
    required = schema.pop("required", [])
    schema["properties"] = {**schema["properties"], **ERROR_SCHEMA}
    schema["anyOf"] = [{"required": required}, {"required": sorted(ERROR_SCHEMA)}]
    return schema


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    # Pydantic repeats each name as a title, which tells the model nothing and costs it tokens.
    def tidy(value: Any) -> Any:
        if isinstance(value, list):
            return [tidy(item) for item in value]
        if isinstance(value, dict):
            return {key: tidy(item) for key, item in value.items() if key != "title" or not isinstance(item, str)}
        return value

    tidied: dict[str, Any] = tidy(schema)
    return tidied


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "arguments"
