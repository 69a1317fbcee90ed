"""The REST API, called with whatever its own OpenAPI document allows, and with what it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.workspaces.models import Workspace
from roboflow_auth.wsgi import application
from tests import builders
from tests.fuzz.effort import effort

schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
CHECKS = [content_type_conformance, response_schema_conformance]


def assert_answered(case: Case[Any], answer: Any, token: str) -> None:
    """Fail unless the document describes `answer`, and a refusal is a problem without the token in it."""
    assert answer.status_code < 500, answer.text
    assert token not in answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"][0] == "application/problem+json", answer.headers
        assert json.loads(answer.text)["status"] == answer.status_code
    else:
        case.validate_response(answer, checks=CHECKS)


@schema.parametrize()
@settings(parent=effort, suppress_health_check=list(HealthCheck))
@pytest.mark.django_db(transaction=True)
def test_whatever_the_document_allows_is_answered_as_it_says(
    case: Case[Any], alice: User, acme: Workspace, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    token = builders.make_token(alice, acme, WORKSPACE_SCOPES, resource=Resource.API)
    assert_answered(case, case.call(headers={"Authorization": f"Bearer {token}"}), token)


@schema.parametrize()
@settings(parent=effort, suppress_health_check=list(HealthCheck), max_examples=5)
@pytest.mark.django_db(transaction=True)
def test_without_a_token_every_operation_is_challenged(case: Case[Any]) -> None:
    answer = case.call()
    assert answer.status_code in (401, 404, 405)
    assert_answered(case, answer, "rfoa_")
