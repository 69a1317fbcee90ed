"""Reading an access token from the Authorization header, the only place it may stand (RFC 6750 §2.1, RFC 9449 §7.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from roboflow_auth.oauth.rules.dpop import Proof, address_of, proof_headers, verify_proof
from roboflow_auth.oauth.rules.single_use import use_up_proof

TOKEN_SCHEMES = ("bearer", "dpop")
"""The schemes that carry an access token, in small letters."""


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A token as it came, with the Bearer scheme or, beside a `proof`, with the DPoP scheme.

    It is good for a token that is bound to `dpop_jkt`, the key that was proved, or to none where none was.
    """

    raw: str = field(repr=False)
    proof: Proof | None = None

    @property
    def dpop_jkt(self) -> str:
        """The thumbprint of the key that was proved, or nothing."""
        return self.proof.jkt if self.proof else ""

    def use_up_proof(self) -> None:
        """Use up the proof, if there is one. Raises `InvalidProof`. One statement where there is.

        Only once the token is known to be good: what nobody gave a token for must not fill the store.
        """
        if self.proof is not None:
            use_up_proof(self.proof)


def split_authorization(authorization: str) -> tuple[str, str]:
    """Return the scheme of an Authorization header in small letters, and the credential; both may be empty."""
    # RFC 9110 §11.1: the scheme is compared without regard to case.
    scheme, _, credential = authorization.strip().partition(" ")
    return scheme.lower(), credential.strip()


def read_bearer(request: HttpRequest) -> str:
    """Return the token of a Bearer header; empty when there is none, another scheme, or an empty credential (P-M1)."""
    scheme, credential = split_authorization(request.headers.get("Authorization", ""))
    return credential if scheme == "bearer" else ""


def read_token(request: HttpRequest) -> PresentedToken | None:
    """Return the token of a Bearer or DPoP header, or None. Its proof was verified, and is still to be used up.

    Raises `InvalidProof` when the DPoP scheme comes without a good one.
    """
    scheme, credential = split_authorization(request.headers.get("Authorization", ""))
    if not credential or scheme not in TOKEN_SCHEMES:
        return None
    if scheme == "bearer":
        return PresentedToken(credential)
    method, url = str(request.method), address_of(request)
    return PresentedToken(credential, verify_proof(proof_headers(request), method, url, raw_token=credential))
