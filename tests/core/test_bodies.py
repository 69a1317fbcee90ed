"""A body that has no end is broken off before it fills the disk (P-L2)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from roboflow_auth.asgi import application
from roboflow_auth.core.bodies import MAX_BODY_BYTES

CHUNK = b"a" * 1024 * 1024


def post(path: str, chunks: int) -> tuple[int, int]:
    """Return the status of the answer to a body of `chunks` MiB that announces no length, and how many were taken."""
    taken = 0
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        if taken == chunks:
            # As a server does while the answer is awaited and nobody hangs up.
            await asyncio.sleep(3600)
        taken += 1
        return {"type": "http.request", "body": CHUNK, "more_body": taken < chunks}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(application(scope, receive, send))
    return sent[0]["status"], taken


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/register", "/accounts/login/", "/healthz", "/api/v1/me"])
def test_a_body_without_an_end_is_broken_off(path: str) -> None:
    status, taken = post(path, chunks=1000)
    assert status == 413
    assert taken * len(CHUNK) == MAX_BODY_BYTES + len(CHUNK)


def test_a_body_within_the_limit_is_answered_by_the_endpoint() -> None:
    assert post("/healthz", chunks=24) == (403, 24)
