"""The codes of the API's problem details, as the reference explains them; a problem's `type` leads there."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ProblemCode:
    """A code, the statuses that come with it, and what to do."""

    code: str
    statuses: str
    note: str | Promise


PROBLEM_CODES = (
    ProblemCode(
        "invalid_request", "400, 405, 411, 415", _("The request can't be read: its form, method or media type.")
    ),
    ProblemCode("unauthorized", "401", _("There is no credential.")),
    ProblemCode(
        "invalid_token", "401", _("The token or key is unknown, expired or revoked, or the token is not for this API.")
    ),
    ProblemCode(
        "invalid_dpop_proof", "401", _("The token is bound to a key, and the proof of it is missing, wrong or used.")
    ),
    ProblemCode("use_dpop_nonce", "401", _("The proof needs the nonce that stands in DPoP-Nonce.")),
    ProblemCode(
        "insufficient_scope", "403", _("The credential lacks a scope. WWW-Authenticate names all scopes to ask for.")
    ),
    ProblemCode(
        "permission_denied", "403", _("Your role does not allow it. Other scopes would not help; an admin can.")
    ),
    ProblemCode("not_found", "404", _("It does not exist, or you may not see it: the two are never told apart.")),
    ProblemCode("conflict", "409", _("The state of the thing does not allow it now.")),
    ProblemCode("payload_too_large", "413", _("The body is larger than any operation needs.")),
    ProblemCode("validation_error", "422", _("An input has the wrong form or value; `errors` names each.")),
    ProblemCode("rate_limited", "429", _("Too many calls. Retry-After says when to go on.")),
    ProblemCode("server_error", "500", _("A fault of ours. Quote the `request_id` to support.")),
    ProblemCode("temporarily_unavailable", "503", _("We can't answer right now. Retry-After says when to try again.")),
)
