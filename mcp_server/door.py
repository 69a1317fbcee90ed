"""The door of /mcp: every refusal that is an HTTP answer, before the SDK sees the request.

RFC 6750 §3, RFC 9449 §7.1 and RFC 9728 §5.1 for the challenges, the MCP authorization specification for the step-up,
protocol.md P-M1 to P-M7 for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from mcp_types import INVALID_REQUEST, PARSE_ERROR
from pydantic_core import from_json
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.envelope import agrees_with_itself
from mcp_server.errors import Refusal, RpcRefusal, out_of_service, rate_limited
from mcp_server.exchange import UNKNOWN_TOOL, Exchange
from mcp_server.origins import check_host, check_origin, is_preflight, preflight_headers
from mcp_server.registry import find_tool
from mcp_server.store import Store
from mcp_server.threads import in_django
from mcp_server.verifier import AmbiguousCredential, RawCredential, find_caller, read_credential
from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.policy import missing_scopes
from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.recorder import record_refusal
from roboflow_auth.core.errors import MissingScope, TooManyRequests
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.challenges import resource_challenge
from roboflow_auth.oauth.errors import InvalidProof, NonceRequired
from roboflow_auth.oauth.rules.dpop import Proof, verify_proof
from roboflow_auth.oauth.rules.dpop_nonce import current_nonce

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a `tools/call` asks for, as far as it can be made out; the SDK checks its form later."""

    name: str
    arguments: Mapping[str, Any]
    message_id: str | int | None
    message: Mapping[str, Any]


class Door:
    """An ASGI app in front of another one: it knows who is asking, and lets pass only what may be answered."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self._app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; nothing that goes wrong leaves here but as an answer."""
        exchange = Exchange(scope, receive, send, self._store)
        with exchange.current():
            try:
                await self._let_in(exchange)
            except Refusal as refusal:
                await exchange.refuse(refusal)
            except TooManyRequests as error:
                # Without an audit row: a limit that writes for each refusal would not bound the work it causes.
                await exchange.refuse(rate_limited(error))
            except (OperationalError, InterfaceError):
                log.exception("The database is away")
                await exchange.refuse(out_of_service())
            except ClientDisconnect:
                log.info("The client left before its request was complete")
            except Exception:
                log.exception("A request to /mcp failed")
                reference = f"Something went wrong on our side. Quote this reference: {exchange.context.request_id}"
                await exchange.refuse(Refusal(500, "server_error", reference))

    async def _let_in(self, exchange: Exchange) -> None:
        check_host(exchange.headers)
        exchange.origin = check_origin(exchange.headers, exchange.issuer)
        if is_preflight(exchange.method, exchange.headers):
            await exchange.answer(204, preflight_headers())
            return
        exchange.principal = await _identify(exchange, self._store)
        if exchange.method != "POST":
            # P-M5: there are no sessions to end and no streams to open.
            raise Refusal(405, "method_not_allowed", "Only POST is answered here.", {"Allow": "POST"})
        _check_media_type(exchange)
        body = await exchange.read_body()
        call = _tool_call(_parse(body))
        if call is not None:
            # What is no tool of ours is what the client likes to call it, and people read this name as ours.
            exchange.note_call(call.name if find_tool(call.name) else UNKNOWN_TOOL, call.arguments)
            await _check_scope(exchange, exchange.principal, call)
        await self._app(exchange.without_secrets(), exchange.replay(body), exchange.send)


def _check_media_type(exchange: Exchange) -> None:
    # Answered here and not by the SDK, whose words would come without a type of their own.
    media_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal(415, "invalid_request", "Send application/json.")


async def _identify(exchange: Exchange, store: Store) -> Principal:
    try:
        credential = read_credential(exchange.headers)
    except AmbiguousCredential:
        # RFC 6750 §3.1: more than one way of including a token is an invalid request, and that is a 400.
        text = "Send exactly one credential."
        raise Refusal(400, "invalid_request", text, _challenge(exchange, error="invalid_request")) from None
    if credential is None:
        # RFC 6750 §3.1: no error code for a request that carried no credential.
        raise Refusal(401, "unauthorized", "Sign in to use this server.", _challenge(exchange))
    try:
        proof = _verify_proof(exchange, credential)
        principal = await find_caller(credential, proof, store)
        if principal is None:
            text = "The credential is not valid here, or no longer."
            raise Refusal(401, "invalid_token", text, _challenge(exchange, error="invalid_token", description=text))
        await store.count_call(principal)
        if proof is not None:
            # Last, so that nothing is written for a token that is none, or for a call too many.
            await store.use_up(proof)
    except InvalidProof as error:
        raise _refused_proof(exchange, error) from error
    return principal


def _verify_proof(exchange: Exchange, credential: RawCredential) -> Proof | None:
    if not credential.needs_proof:
        return None
    return verify_proof(exchange.headers.getlist("dpop"), exchange.method, exchange.address, raw_token=credential.raw)


def _refused_proof(exchange: Exchange, error: InvalidProof) -> Refusal:
    headers = _challenge(exchange, error=error.error, description=error.description)
    if isinstance(error, NonceRequired):
        # RFC 9449 §9.
        headers["DPoP-Nonce"] = current_nonce()
    return Refusal(401, error.error, error.description, headers)


async def _check_scope(exchange: Exchange, principal: Principal, call: ToolCall) -> None:
    """Raise the step-up challenge if consent to more scopes, and nothing else, stands between caller and tool (P-M3).

    All other refusals are results of the tool: the role's, those of API keys, which can't step up, unknown tools.
    """
    tool = find_tool(call.name)
    if tool is None or tool.action not in principal.actions or not principal.can_step_up:
        return
    missing = missing_scopes(principal, tool.action)
    # MCP 2026-07-28, Standard MCP Request Headers: a request that contradicts itself MUST be answered with 400. The SDK
    # does that; asking people for consent to such a call would be of no use.
    if not missing or not agrees_with_itself(exchange.headers, call.message):
        return
    error = MissingScope(missing)
    await in_django(record_refusal, principal, tool.action, error)
    exchange.owes_row = False
    # Clients ask for exactly what the challenge names, so what they have already is in it too.
    wanted = sorted(principal.scopes | missing)
    headers = _challenge(exchange, scopes=wanted, error=error.code, description=error.description)
    raise RpcRefusal(
        403,
        error.code,
        error.description,
        headers,
        code=INVALID_REQUEST,
        message_id=call.message_id,
        scope=" ".join(wanted),
    )


def _challenge(
    exchange: Exchange, *, scopes: Iterable[str] = BASELINE, error: str = "", description: str = ""
) -> dict[str, str]:
    challenge = resource_challenge(
        exchange.issuer,
        Resource.MCP,
        scopes=scopes,
        error=error,
        description=description,
        authorization=exchange.headers.get("authorization", ""),
    )
    return {"WWW-Authenticate": challenge}


def _parse(body: bytes) -> object:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        # Answered here and not by the SDK, whose two parsers disagree about what is too deep: nothing slips past.
        raise RpcRefusal(400, "invalid_request", "The body is not valid JSON.", code=PARSE_ERROR) from error


def _tool_call(message: object) -> ToolCall | None:
    if not isinstance(message, dict) or message.get("method") != "tools/call":
        return None
    found = message.get("params")
    params = found if isinstance(found, dict) else {}
    name, arguments, message_id = params.get("name"), params.get("arguments"), message.get("id")
    return ToolCall(
        name if isinstance(name, str) else "",
        arguments if isinstance(arguments, dict) else {},
        message_id if isinstance(message_id, str | int) and not isinstance(message_id, bool) else None,
        message,
    )
