"""The OpenAPI document: valid, complete, and true."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from roboflow_auth.access.catalogue import SCOPE_OF_ACTION, SCOPES
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.api.urls import urlpatterns
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.images.models import Image
from roboflow_auth.images.shapes import Box, NewAnnotation
from tests import builders
from tests.api.client import ACME, NEW_PROJECT, ROOT, ApiClient

BODIES: dict[tuple[str, str], Any] = {
    ("post", f"{ROOT}/workspaces/{{workspace}}/projects"): NEW_PROJECT,
    ("post", f"{ROOT}/workspaces/{{workspace}}/api-keys"): {"name": "Nightly export"},
    ("patch", f"{ROOT}/workspaces/{{workspace}}/api-keys/{{key}}"): {"name": "Weekly export"},
}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(nobody: ApiClient) -> dict[str, Any]:
    """Return the document as anybody gets it."""
    answer = nobody.send("GET", f"{ROOT}/schema")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def routes() -> dict[str, Any]:
    """Return the view of each path, as OpenAPI writes it, that is not a document itself."""
    found = {}
    for route in urlpatterns:
        view = getattr(route.callback, "cls", None)
        if view is not None:
            found[ROOT + str(route.pattern).replace("<str:", "{").replace(">", "}")] = view
    return found


def matches(document: dict[str, Any], operation: dict[str, Any], status: int, body: Any) -> bool:
    """Return whether `body` is what the document says of an answer with `status`."""
    [media] = operation["responses"][str(status)]["content"].values()
    schema = {"components": document["components"], **media["schema"]}
    return bool(Draft202012Validator(schema).is_valid(body))


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    validate_schema(document)  # type: ignore[no-untyped-call]


def test_it_lists_every_route_with_every_method_and_no_other(document: dict[str, Any]) -> None:
    declared = {path: {m.upper() for m in METHODS if hasattr(view, m)} for path, view in routes().items()}
    assert {path: {m.upper() for m in found} for path, found in document["paths"].items()} == declared
    assert len(declared) == len(get_resolver("roboflow_auth.api.urls").url_patterns) - 2


def test_each_operation_names_its_scope_its_action_and_its_chapter(document: dict[str, Any]) -> None:
    for path, view in routes().items():
        for method, action in view.actions.items():
            operation = document["paths"][path][method.lower()]
            assert operation["security"] == [{"oauth2": [SCOPE_OF_ACTION[action]]}, {"apiKey": []}]
            assert Action(operation["x-action"]) is action
            assert operation["tags"] == [view.tag]
            assert operation["summary"]


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)


def test_parameters_are_those_that_are_taken(document: dict[str, Any]) -> None:
    operation = document["paths"][ROOT + "/workspaces/{workspace}/projects/{project}/images"]["get"]
    assert {row["name"] for row in operation["parameters"] if row["in"] == "query"} == {
        *("query", "tag", "class_name", "in_dataset", "limit", "offset"),
    }
    assert {row["name"] for row in operation["parameters"] if row["in"] == "path"} == {"workspace", "project"}
    assert all(row["description"] for row in operation["parameters"])


def test_scopes_and_endpoints_are_those_of_the_authorization_server(
    document: dict[str, Any], nobody: ApiClient
) -> None:
    metadata = nobody.send("GET", "/.well-known/oauth-authorization-server").json()
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == metadata["authorization_endpoint"]
    assert flow["tokenUrl"] == metadata["token_endpoint"]
    assert flow["scopes"] == {name: scope.consent for name, scope in SCOPES.items() if not scope.is_identity}
    assert document["servers"] == [{"url": metadata["issuer"]}]


def test_answers_are_what_the_document_says(
    as_alice: ApiClient, alice: User, picture: Image, document: dict[str, Any]
) -> None:
    builders.make_annotations(picture, NewAnnotation("box", Box(1, 2, 3, 4)), NewAnnotation("label"))
    builders.make_api_key(alice, picture.project.workspace)
    names = {"workspace": "acme", "project": "shelves", "image": picture.public_id, "item": "shelves"}
    names["key"] = str(ApiKey.objects.get().pk)
    for path, methods in document["paths"].items():
        # What is deleted last is in nobody's way.
        for method, operation in sorted(methods.items(), reverse=True):
            answer = as_alice.send(method.upper(), path.format(**names), BODIES.get((method, path)))
            assert answer.status_code in {200, 201}, (method, path, answer.content)
            assert matches(document, operation, answer.status_code, answer.json()), (method, path)
            as_alice.send("POST", f"{ACME}/trash/shelves/restore")


def test_refusals_are_what_the_document_says(
    as_bob: ApiClient, as_carol: ApiClient, nobody: ApiClient, document: dict[str, Any]
) -> None:
    operation = document["paths"][ROOT + "/workspaces/{workspace}/projects"]["post"]
    path = f"{ACME}/projects"
    for client, status in ((nobody, 401), (as_bob, 403), (as_carol, 404)):
        assert matches(document, operation, status, client.problem("POST", path, NEW_PROJECT, status=status))


def test_it_is_the_same_for_everybody_and_may_be_kept(nobody: ApiClient, as_bob: ApiClient) -> None:
    first, second = (client.send("GET", f"{ROOT}/schema") for client in (nobody, as_bob))
    assert first.content == second.content
    assert "public" in first["Cache-Control"]
