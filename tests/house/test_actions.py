"""Every action has a tool and a route, or a written reason why not yet or never."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

import mcp_server.tools  # noqa: F401 - importing the tools fills the registry.
from mcp_server.registry import list_tools
from roboflow_auth.access.catalogue import SCOPE_OF_ACTION
from roboflow_auth.access.vocabulary import Action

WEB_ONLY = "it is done by people in the browser, behind a recent sign-in"
NOT_YET = "its noun can't do it yet"

WITHOUT_ROUTE = {
    **dict.fromkeys((a for a in Action if a not in SCOPE_OF_ACTION), WEB_ONLY),
    **dict.fromkeys(
        (
            *(Action.UPDATE_PROJECT, Action.UPLOAD_IMAGE, Action.TAG_IMAGE, Action.ANNOTATE_IMAGE),
            *(Action.VIEW_BATCH, Action.CREATE_BATCH, Action.UPDATE_BATCH, Action.DELETE_BATCH),
            *(Action.VIEW_ANNOTATION_JOB, Action.CREATE_ANNOTATION_JOB, Action.UPDATE_ANNOTATION_JOB),
            *(Action.SUBMIT_ANNOTATION_JOB, Action.REVIEW_ANNOTATION_JOB, Action.RETURN_ANNOTATION_JOB),
            *(Action.ACCEPT_ANNOTATION_JOB, Action.DELETE_ANNOTATION_JOB, Action.DELETE_ANNOTATIONS),
            *(Action.VIEW_VERSION, Action.EXPORT_VERSION, Action.GENERATE_VERSION),
            *(Action.DELETE_VERSION, Action.RESTORE_VERSION),
            Action.MANAGE_MEMBER,
        ),
        NOT_YET,
    ),
}
WITHOUT_TOOL = {
    **WITHOUT_ROUTE,
    Action.GET_API_KEY: "api_keys_list tells a model all there is of a key; a route is where a new one's address leads",
}


def routed_actions(resolver: URLResolver) -> Iterator[Action]:
    """Yield the actions that the API's views declare."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routed_actions(pattern)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "cls", None)
            yield from getattr(view, "actions", {}).values()


def test_every_action_has_a_tool_or_a_reason() -> None:
    tools = {tool.action for tool in list_tools()}
    assert frozenset(Action) - tools == WITHOUT_TOOL.keys()


def test_every_action_has_a_route_or_a_reason() -> None:
    assert frozenset(Action) - set(routed_actions(get_resolver())) == WITHOUT_ROUTE.keys()
