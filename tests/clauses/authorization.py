"""Promises about the authorization endpoint and the consent page."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "Authorization endpoint",
    (
        Clause("P-A1.1", "Every client uses PKCE with S256.", ("RFC7636-4.2", "OAUTH21-4.1.1", "RFC9700-2.1.1")),
        Clause("P-A1.2", "The implicit, hybrid and password ways do not exist.", ("RFC9700-2.1.2", "RFC9700-2.4")),
        Clause(
            "P-A2.1",
            "An invalid client or redirect URI leads to a page, and never to a redirect.",
            ("RFC6749-4.1.2.1",),
        ),
        Clause("P-A2.2", "That page has a reference, and shows a developer the difference."),
        Clause(
            "P-A2.3",
            "Every other fault goes back to the client with error, state and iss.",
            ("RFC6749-4.1.2.1", "RFC9207-2"),
        ),
        Clause("P-A3.1", "A question is answered once."),
        Clause("P-A3.2", "A question is open for ten minutes."),
        Clause(
            "P-A3.3", "A question is answered by the person and the browser that it was put to.", ("RFC6749-10.12",)
        ),
        Clause("P-A3.4", "The answer carries choices; protocol parameters in it change nothing."),
        Clause("P-A3.5", "Several questions may be open at a time."),
        Clause(
            "P-A4.1",
            "A resource is found whatever the case of its host, its default port and its last slash, and the bare "
            "origin means the MCP server.",
            ("RFC8707-2", "MCP-AUTH-canonical-server-uri"),
        ),
        Clause("P-A4.2", "A request without a resource is for the client's first one.", ("RFC8707-2",)),
        Clause("P-A4.3", "A resource that is not ours, or not the client's, is an invalid_target.", ("RFC8707-2",)),
        Clause(
            "P-A4.4",
            "Several resources are taken if they mean the same one.",
            ("RFC8707-2",),
            divergence="The standard allows tokens for several resources; ours are for one, so that no resource can "
            "use a token at another.",
        ),
        Clause("P-A5.1", "Scopes that are unknown are dropped.", ("RFC6749-3.3",)),
        Clause("P-A5.2", "A request without a scope is for the baseline.", ("RFC6749-3.3",)),
        Clause("P-A5.3", "No request exceeds the limit that staff set for its client."),
        Clause("P-A5.4", "People may give less than was asked for, and never more.", ("RFC6749-3.3",)),
        Clause("P-A5.5", "What a role can't use is not given."),
        Clause("P-A6.1", "prompt=none is answered, and never with a page.", ("OIDC-CORE-3.1.2.1",)),
        Clause("P-A6.2", "prompt=login asks for a fresh sign-in, once.", ("OIDC-CORE-3.1.2.1",)),
        Clause("P-A6.3", "prompt=consent and prompt=select_account show the page.", ("OIDC-CORE-3.1.2.1",)),
        Clause("P-A6.4", "A sign-in that is older than max_age is asked for again.", ("OIDC-CORE-3.1.2.1",)),
        Clause("P-A6.5", "A wish for a language is heard, or ignored.", ("OIDC-CORE-3.1.2.1",)),
        Clause("P-A6.6", "login_hint fills in the sign-in page.", ("OIDC-CORE-3.1.2.1",)),
        Clause(
            "P-A7.1",
            "Only a client whose identity is assured is not asked again, and for the same agreement only.",
            ("RFC9700-2.6",),
        ),
        Clause("P-A7.2", "A loopback client always sees the page.", ("RFC8252-8.6",)),
        Clause("P-A7.3", "No request parameter switches consent off."),
        Clause("P-A8.1", "The answer goes back with 303.", ("RFC9700-4.12",)),
        Clause("P-A8.2", "A code that the browser takes to the app lives for one minute.", ("RFC6749-4.1.2",)),
        Clause(
            "P-A8.3",
            "A code is for one client, redirect URI, challenge and resource.",
            ("RFC6749-4.1.2", "RFC8707-2.2"),
        ),
        Clause(
            "P-A8.4",
            "An app behind a private-use scheme is opened by a page that stays; its addresses do not hold the code.",
            ("RFC8252-7.1",),
        ),
        Clause(
            "P-A8.5",
            "A person may carry the answer to a loopback address over to another machine; such a code lives for five "
            "minutes.",
            ("RFC6749-4.1.2", "RFC7636-1"),
        ),
        Clause(
            "P-A9.1",
            "Pages may not be framed, stored or scripted inline, and don't pass their address on.",
            ("RFC6749-10.13", "RFC9700-4.16", "RFC9700-4.2.4"),
        ),
        Clause("P-A9.2", "The consent form leads to this server and to the one redirect target only."),
        Clause("P-A10.1", "Looking at the authorization URL uses up nothing.", ("RFC9110-9.2.1",)),
        Clause("P-A10.2", "Without cookies a known client is redirected to the sign-in, and an unknown one gets 400."),
        Clause("RFC6749-3.1/a", "The endpoint takes GET, and POST as well."),
        Clause("RFC6749-3.1/b", "An authorization request in which a parameter comes twice is invalid."),
        Clause("RFC6749-3.1.2", "A redirect URI keeps its query, and has no fragment."),
        Clause("RFC6749-3.1.2.3", "With several redirect URIs registered, a request names one."),
        Clause("RFC6749-3.3", "The token response tells the scope that was given."),
        Clause("RFC6749-4.1.2/a", "The state of the request comes back unchanged."),
        Clause("RFC6749-4.1.2.1/a", "A person's refusal is an access_denied."),
        Clause("RFC6749-4.1.2.1/b", "A response type that does not exist is an unsupported_response_type."),
        Clause("RFC6749-10.13", "A page of the authorization server can't be framed."),
        Clause("RFC6749-10.15", "No request makes the server redirect to where its client did not register."),
        Clause("RFC7636-4.4.1", "A request without a challenge, or with plain, is an invalid request."),
        Clause("RFC8252-8.6", "A person answers for every native client, each time."),
        Clause("RFC8707-2/a", "A resource with a fragment is an invalid_target."),
        Clause("RFC9207-2/a", "The issuer stands in every answer, errors included."),
        Clause(
            "RFC9207-3",
            "The metadata tells that the issuer stands in the answers.",
            divergence="OAUTH_ADVERTISE_ISS=0 leaves that out and still sends it: an older Codex failed where it was "
            "told.",
        ),
        Clause("RFC9700-2.1.1", "A code that was stolen is worth nothing without the verifier of its request."),
        Clause(
            "RFC9700-4.8.2", "Without a challenge there is no code, so a challenge can't be taken out of a request."
        ),
        Clause("RFC9700-4.12", "A form with a password or a consent is never passed on by 307."),
        Clause(
            "OIDC-CORE-3.1.2.6", "prompt=none without a sign-in is login_required, without a consent consent_required."
        ),
        Clause("MCP-SECURITY-open-redirection", "An answer goes to exactly what was registered."),
        Clause("OIDC-CORE-6.1", "A request object, which is not supported, is refused by name."),
    ),
)
