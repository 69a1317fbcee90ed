"""The stores as the event loop reaches them: tokens, the count of calls, audit rows of calls that changed nothing.

On PostgreSQL tokens and rows go through psycopg's asynchronous pool, as prepared statements: a hop to a thread and the
ORM would cost three times all the rest of a call (performance.md). Elsewhere they go through the ORM, in a thread. What
is asked is stated once either way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from mcp_server.batches import Batches
from mcp_server.threads import in_django
from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import bulk_statement, rows_of
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.rate_limits import LimitName
from roboflow_auth.core.rate_limits_async import AsyncRateLimits
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed
from roboflow_auth.oauth.errors import InvalidProof
from roboflow_auth.oauth.lineage import STANDING
from roboflow_auth.oauth.principals import (
    TOKEN_ROWS,
    find_principal,
    is_bound_to,
    is_use_worth_noting,
    noting_statement,
    principal_of,
)
from roboflow_auth.oauth.rules.dpop import Proof
from roboflow_auth.oauth.rules.single_use import (
    PRUNE_SECONDS,
    USE_UP_PROOF,
    USED_BEFORE,
    forget_what_lapsed,
    use_up_proof,
)

log = structlog.get_logger(__name__)

POOL_NAME = "mcp"
_CONNECTIONS = 4
_WAIT_SECONDS = 10


class Store:
    """What one running application shares between its requests; usable while `running` is."""

    def __init__(self) -> None:
        self._is_on_postgres = connection.vendor == "postgresql"
        self._is_running = False
        self._pool: AsyncConnectionPool[Any] | None = None
        self._noting: set[asyncio.Task[None]] = set()
        self._begin_batches()
        self._limits = AsyncRateLimits()
        self._prunes_at = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve for the length of a block; the pool's connections are handed back at its end."""
        self._begin_batches()
        self._is_running = True
        try:
            async with self._limits.running():
                yield
        finally:
            await asyncio.gather(*self._noting)
            self._is_running = False
            pool, self._pool = self._pool, None
            if pool is not None:
                await pool.close()

    def _begin_batches(self) -> None:
        # Batches belong to one event loop, and each lifespan may have another.
        self._look_ups = Batches(self._find_rows)
        self._ledger = Batches(self._insert)
        self._uses = Batches(self._note_uses)

    @property
    def keeps_rows_for_groups(self) -> bool:
        """Whether `write` commits the rows of several requests together, which is worth their waiting for it."""
        return self._is_on_postgres

    async def find_principal(self, raw_token: str, *, dpop_jkt: str = "") -> Principal | None:
        """Return who an access token speaks for at /mcp, as `oauth.principals.find_principal` does, in as many
        statements.
        """
        if not is_well_formed(raw_token, SecretKind.ACCESS_TOKEN):
            return None
        if not self._is_on_postgres:
            return await in_django(find_principal, raw_token, Resource.MCP, dpop_jkt=dpop_jkt)
        now = timezone.now()
        checksum = hash_secret(raw_token)
        row = (await self._look_ups.join([checksum])).get(checksum)
        if row is None or not is_bound_to(row, dpop_jkt):
            return None
        if row["acting"] and not await self._stands(row["token_id"]):
            return None
        if is_use_worth_noting(row, now):
            self._note_soon(row)
        return principal_of(row)

    async def use_up(self, proof: Proof) -> None:
        """Use up `proof` as `single_use.use_up_proof` does. One statement. Raises `InvalidProof`."""
        if not self._is_on_postgres:
            await in_django(use_up_proof, proof)
            return
        # Not together with those of other requests: the same proof could be among them, and would count once for both.
        cursor = await self._execute(USE_UP_PROOF, [proof.digest, proof.expires_at])
        if not cursor.rowcount:
            raise InvalidProof(USED_BEFORE)
        if time.monotonic() >= self._prunes_at:
            self._prunes_at = time.monotonic() + PRUNE_SECONDS
            await in_django(forget_what_lapsed)

    async def count_call(self, principal: Principal) -> None:
        """Count a call of `principal`. Raises `TooManyRequests` (P-L1)."""
        await self._limits.check(LimitName.MCP, principal.lent_by)

    async def write(self, events: list[AuditEvent]) -> None:
        """Return once `events` are committed; those of several requests at a time are, in one statement."""
        await self._ledger.join(events)

    def _note_soon(self, row: Mapping[str, Any]) -> None:
        # Nobody's answer waits for what people read some time later.
        task = asyncio.create_task(self._note(row))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _note(self, row: Mapping[str, Any]) -> None:
        try:
            await self._uses.join([(row["used_session_id"], row["connection_id"])])
        except OperationalError:
            log.warning("That a connection was used could not be written down", connection_id=row["connection_id"])

    async def _note_uses(self, used: list[tuple[int, int]]) -> None:
        now = timezone.now()
        sessions, connections = (list(set(ids)) for ids in zip(*used, strict=True))
        await self._execute(noting_statement(), (now, sessions, now, connections))

    async def _insert(self, events: list[AuditEvent]) -> None:
        await self._execute(bulk_statement(), (rows_of(events),))

    async def _find_rows(self, checksums: list[str]) -> dict[str, dict[str, Any]]:
        """Return the rows of the tokens that are live now, by checksum."""
        values = {"checksums": checksums, "resource": Resource.MCP.value, "now": timezone.now()}
        cursor = await self._execute(*TOKEN_ROWS.for_driver(**values))
        return {row["checksum"]: row for row in await cursor.fetchall()}

    async def _stands(self, token_id: int) -> bool:
        """Return what `oauth.lineage.stands` does."""
        cursor = await self._execute(*STANDING.for_driver(token_id=token_id))
        return await cursor.fetchone() is not None

    async def _execute(self, statement: str, parameters: Sequence[Any]) -> psycopg.AsyncCursor[Any]:
        """Return the cursor of a statement; its rows came along, so they can be read when the connection is back.

        Raises Django's error when the database is away, so that there is one kind of it to look out for.
        """
        if not self._is_running:
            # A pool that is opened now would never be closed.
            raise OperationalError("the application is not running")
        try:
            if self._pool is None:
                self._pool = _make_pool()
                await self._pool.open()
            pool = self._pool
            borrowed: psycopg.AsyncConnection[Any] = await pool.getconn(_WAIT_SECONDS)
            try:
                return await borrowed.execute(statement, parameters)
            finally:
                await pool.putconn(borrowed)
        except psycopg.OperationalError as error:
            raise OperationalError(str(error)) from error


def _make_pool() -> AsyncConnectionPool[Any]:
    described = connection.get_connection_params()
    ours = {name: value for name, value in described.items() if name not in ("cursor_factory", "context", "pool")}
    # Each statement is a transaction of its own, and is prepared when a connection meets it first.
    ours |= {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row, "application_name": POOL_NAME}
    size = min(_CONNECTIONS, settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"])
    return AsyncConnectionPool(kwargs=ours, min_size=1, max_size=size, open=False, name=POOL_NAME)
