"""The hop to a thread: context goes along, connections come back."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest
from django.db import connection

from mcp_server.threads import in_django
from roboflow_auth.accounts.models import User
from tests.mcp_server.client import McpClient

WORD: ContextVar[str] = ContextVar("WORD")


async def test_the_function_runs_elsewhere_with_the_callers_context() -> None:
    WORD.set("hello")
    assert await in_django(WORD.get) == "hello"
    assert await in_django(threading.get_ident) != threading.get_ident()


async def test_what_it_raises_comes_back() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_django(lambda: 1 // 0)


@pytest.mark.django_db(transaction=True)
async def test_no_connection_is_kept() -> None:
    kept: list[object] = []

    def ask() -> int:
        kept.append(connection.connection)
        return User.objects.count() + len(kept)

    # Many more than there are connections: each must give its own back for the next.
    await asyncio.gather(*(in_django(ask) for _ in range(100)))
    assert kept == [None] * 100


@pytest.mark.django_db(transaction=True)
def test_many_calls_at_once_are_all_answered(mcp: McpClient, alice_token: str) -> None:
    async def all_at_once() -> list[int]:
        calls = (asyncio.to_thread(mcp.rpc, "tools/list", token=alice_token) for _ in range(40))
        return [answer.status_code for answer in await asyncio.gather(*calls)]

    assert asyncio.run(all_at_once()) == [200] * 40
