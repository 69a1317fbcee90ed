"""A caller of the API with one credential, over Django's whole stack of middleware."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client as Browser

from roboflow_auth.audit.models import AuditEvent

ROOT = "/api/v1"
ACME = f"{ROOT}/workspaces/acme"
NEW_PROJECT = {"name": "Paint defects", "type": "instance-segmentation", "annotation": "defects"}


class ApiClient:
    """Calls the API with `token` or `key`, or with neither; a fault of ours is an answer, not an exception."""

    def __init__(self, token: str = "", key: str = "") -> None:
        self.headers: dict[str, str] = {}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if key:
            self.headers["X-Api-Key"] = key
        self._browser = Browser(raise_request_exception=False)

    def send(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer to `content`: bytes as they are, anything but None as JSON."""
        # Not the browser's own methods: they encode bytes anew for the charset that the media type names.
        body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        return self._browser.generic(method, path, body, content_type, headers={**self.headers, **(headers or {})})

    def result(self, method: str, path: str, content: Any = None, *, status: int = 200) -> Any:
        """Return the JSON of an answer that has to be `status`."""
        answer = self.send(method, path, content)
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == "application/json"
        assert answer["Cache-Control"] == "no-store"
        return answer.json()

    def problem(self, method: str, path: str, content: Any = None, *, status: int) -> Any:
        """Return the problem details of an answer that has to be `status`."""
        return problem_of(self.send(method, path, content), status)


def problem_of(answer: Any, status: int) -> Any:
    """Return the problem details of `answer`, after a look at what every problem has (RFC 9457)."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    assert answer["Cache-Control"] == "no-store"
    found = answer.json()
    assert (answer.status_code, found["status"]) == (status, status), found
    assert found["type"] == f"http://testserver/api/v1/docs#{found['code']}"
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == answer["X-Request-Id"]
    return found


def rows() -> list[tuple[str, str, str, str]]:
    """Return action, target, outcome and reason of each row that calls of the API left, oldest first."""
    found = AuditEvent.objects.filter(via="api").order_by("id")
    return list(found.values_list("action", "target", "outcome", "reason"))
