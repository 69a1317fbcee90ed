"""From the credential of a request to the Principal it stands for, in one look-up.

RFC 6750 for the Bearer token, RFC 9449 for one that is bound to a key; beside it the product's own API keys, in
`x-api-key`. A credential in the query is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.datastructures import Headers

from mcp_server.store import Store
from mcp_server.threads import in_django
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.api_keys.principals import find_principal as find_principal_of_key
from roboflow_auth.oauth.rules.bearer import TOKEN_SCHEMES, split_authorization
from roboflow_auth.oauth.rules.dpop import Proof

SECRET_HEADERS = frozenset({b"authorization", b"dpop", b"x-api-key"})
"""The headers that stay at the door (P-M7)."""


class AmbiguousCredential(Exception):
    """The request carries more than one credential."""


@dataclass(frozen=True, slots=True)
class RawCredential:
    """A credential as it came; its text never shows in logs or tracebacks. `needs_proof` is what DPoP says of it."""

    kind: Credential
    raw: str = field(repr=False)
    needs_proof: bool = False


def read_credential(headers: Headers) -> RawCredential | None:
    """Return the one credential among the headers, or None (P-M1).

    An empty Bearer or DPoP, an empty key and another scheme are none. Raises `AmbiguousCredential` for several:
    RFC 6750 §2 forbids to send a token twice, and to choose one of two callers would be to guess.
    """
    authorizations, keys = headers.getlist("authorization"), headers.getlist("x-api-key")
    if len(authorizations) > 1 or len(keys) > 1:
        raise AmbiguousCredential
    tokens = [found for found in map(split_authorization, authorizations) if found[0] in TOKEN_SCHEMES and found[1]]
    keys = [key for key in map(str.strip, keys) if key]
    if tokens and keys:
        raise AmbiguousCredential
    if tokens:
        scheme, raw = tokens[0]
        return RawCredential(Credential.TOKEN, raw, needs_proof=scheme == "dpop")
    return RawCredential(Credential.API_KEY, keys[0]) if keys else None


async def find_caller(credential: RawCredential, proof: Proof | None, store: Store) -> Principal | None:
    """Return who the credential speaks for at this resource now, or None when it is not live here (P-I2, P-G2).

    A token that is bound to another key than that of the `proof`, or to one where there is none, is not live either.
    """
    if credential.kind is Credential.API_KEY:
        return await in_django(find_principal_of_key, credential.raw)
    return await store.find_principal(credential.raw, dpop_jkt=proof.jkt if proof else "")
