"""The public keys of clients: which are taken, and how they are told apart (RFC 7517, RFC 7591 §2; protocol.md P-C4).

Only members that verify signatures are kept, so nothing that stands beside them in a key set can be used later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jwcrypto import jwk, jws
from jwcrypto.common import JWException

from roboflow_auth.core.sentences import sentence

PublicKey = dict[str, str]

# With which kind of key each algorithm signs: the type, and the curve where the type has several. No algorithm here
# takes a secret that both sides know, so a public key can never pass for one (RFC 8725 §3.1).
SIGNING_ALGORITHMS: Mapping[str, tuple[str, str]] = {
    "RS256": ("RSA", ""),
    "PS256": ("RSA", ""),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}

_KINDS = frozenset(SIGNING_ALGORITHMS.values())
_MAX_KEYS = 10
_MAX_MEMBER = 1024
_MEMBERS: Mapping[str, tuple[str, ...]] = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_LABELS = ("kid", "use", "alg")
# RFC 7518 §6.2.2, §6.3.2, §6.4.1: what only the owner of a key may know.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# RFC 7518 §3.3 demands 2048 bits; longer keys and exponents than these cost more to verify than they are worth.
_RSA_BITS = range(2048, 4097)
_RSA_MAX_EXPONENT = 2**32


class UnusableKeys(Exception):
    """A key set is malformed, holds what must stay private, or holds no key that can sign."""


def read_key_set(key_set: Any) -> list[PublicKey]:
    """Return the signing keys of a JWK Set from anybody, ten at the most, each without what it does not need.

    Keys for other purposes, and of kinds that nothing here verifies, are left out (RFC 7517 §5). Raises `UnusableKeys`.
    """
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(keys, list) or len(keys) > _MAX_KEYS or not all(isinstance(key, dict) for key in keys):
        raise UnusableKeys(
            sentence("A key set is an object with a list of %(limit)s keys at the most.", limit=_MAX_KEYS)
        )
    if not all(_PRIVATE.isdisjoint(key) for key in keys):
        raise UnusableKeys(sentence("The key set holds a secret or private key, which nobody but its owner may know."))
    usable = [_read_key(key) for key in keys if _can_sign(key)]
    if not usable:
        raise UnusableKeys(
            sentence("The key set holds no key that signs by one of %(names)s.", names=" ".join(SIGNING_ALGORITHMS))
        )
    return usable


def thumbprint(key: PublicKey) -> str:
    """Return what identifies `key`, whatever it is labelled (RFC 7638)."""
    return str(_load(key).thumbprint())


def thumbprints(keys: Iterable[PublicKey]) -> list[str]:
    """Return what identifies `keys`, in a fixed order."""
    return sorted(thumbprint(key) for key in keys)


def matching_keys(keys: Iterable[PublicKey], algorithm: str, kid: str | None) -> list[PublicKey]:
    """Return those of `keys` that may have signed by `algorithm` under the label `kid`, if the signature has one."""
    kind = SIGNING_ALGORITHMS.get(algorithm)
    return [
        key
        for key in keys
        # RFC 8725 §3.1: the key says for which algorithm it is good, not the signature alone.
        if _kind(key) == kind and key.get("alg", algorithm) == algorithm and kid in (None, key.get("kid"))
    ]


def is_signed_by(key: jwk.JWK, algorithm: str, raw: str) -> bool:
    """Return whether `raw`, a JWS in its compact form, was signed by `key` with `algorithm` and nothing else."""
    token = jws.JWS()
    token.allowed_algs = [algorithm]
    try:
        token.deserialize(raw)
        token.verify(key)
    except (JWException, ValueError):
        # A header member that is critical and unknown is refused here as well (RFC 7515 §4.1.11).
        return False
    return True


def _can_sign(key: Mapping[str, Any]) -> bool:
    operations = key.get("key_ops", ["verify"])
    return (
        _kind(key) in _KINDS
        and key.get("use", "sig") == "sig"
        and (not isinstance(operations, list) or "verify" in operations)
        and ("alg" not in key or SIGNING_ALGORITHMS.get(str(key["alg"])) == _kind(key))
    )


def _read_key(key: Mapping[str, Any]) -> PublicKey:
    members = {name: key[name] for name in ("kty", *_MEMBERS[key["kty"]], *_LABELS) if name in key}
    if not all(_is_short_text(value) for value in members.values()):
        raise UnusableKeys(sentence("A member of a key is not text, or too long."))
    _check_strength(_load(members))
    return members


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_MEMBER and value.isascii() and value.isprintable()


def _load(members: PublicKey) -> jwk.JWK:
    try:
        return jwk.JWK(**members)
    except (jwk.InvalidJWKType, jwk.InvalidJWKValue, jwk.InvalidJWKUsage, ValueError) as error:
        raise UnusableKeys(sentence("A key is malformed.")) from error


def _check_strength(key: jwk.JWK) -> None:
    try:
        # This is where a point that does not lie on its curve is found out.
        loaded = key.get_op_key("verify")
    except Exception as error:
        raise UnusableKeys(sentence("A key is malformed.")) from error
    if key["kty"] != "RSA":
        return
    if loaded.key_size not in _RSA_BITS or loaded.public_numbers().e > _RSA_MAX_EXPONENT:
        raise UnusableKeys(sentence("An RSA key has 2048 to 4096 bits and a short exponent."))


def _kind(key: Mapping[str, Any]) -> tuple[str, str]:
    """Return the type of `key`, and its curve where the type has several."""
    kty, curve = key.get("kty"), key.get("crv", "")
    return (kty, "" if kty == "RSA" else curve) if isinstance(kty, str) and isinstance(curve, str) else ("", "")
