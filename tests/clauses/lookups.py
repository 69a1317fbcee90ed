"""Promises about revocation, introspection and OpenID Connect."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

REVOCATION = Section(
    "Revocation and introspection",
    (
        Clause("P-R1.1", "A client revokes its own tokens and no others.", ("RFC7009-2.1",)),
        Clause("P-R1.2", "A public client revokes by its client ID alone.", ("RFC7009-2.1", "RFC7009-5")),
        Clause("P-R1.3", "Revoking either token ends the session, whatever the hint says.", ("RFC7009-2.1",)),
        Clause(
            "P-R1.4",
            "Who made a token by an exchange revokes it alone, and what stands on it.",
            ("RFC7009-2.1", "RFC8693-2.1"),
        ),
        Clause(
            "P-R2.1",
            "A token is described to the resource server that it is for, to its client, and to whoever holds it.",
            ("RFC7662-2.1",),
        ),
        Clause("P-R2.2", "Everybody else reads that it is not active.", ("RFC7662-2.2", "RFC7662-4")),
        Clause("P-R2.3", "The description has the members of the standard, the effective scope and the workspace."),
        Clause("P-R2.4", "The description names who acts for whom.", ("RFC8693-4.1",)),
        Clause("RFC7009-2.1", "A client with a secret proves itself before it revokes."),
        Clause("RFC7009-2.2", "A token that does not exist is answered like one that was revoked."),
        Clause("RFC7662-2.1/a", "Introspection takes POST only."),
        Clause("RFC7662-2.1/b", "Whoever does not authenticate, a public client among them, gets 401."),
        Clause("RFC8693-4.1", "Of several who act in a row, the last one is named first, and the others within."),
        Clause("RFC7662-2.2", "Of a token that is not active nothing else is told."),
    ),
)

OPENID = Section(
    "OpenID Connect",
    (
        Clause(
            "P-O1.1",
            "openid gives an ID token, signed with RS256, that says who signed in, when and where.",
            ("OIDC-CORE-2",),
        ),
        Clause("P-O1.2", "Userinfo tells what the identity scopes allow.", ("OIDC-CORE-5.3", "OIDC-CORE-5.4")),
        Clause("P-O1.3", "The keys are published, and every process signs with the same one.", ("OIDC-CORE-10.1",)),
        Clause("P-O1.4", "Keys are replaced without an interruption.", ("OIDC-CORE-10.1.1",)),
        Clause(
            "P-O1.5",
            "A client signs a person out with an ID token of theirs, or the person is asked.",
            ("OIDC-LOGOUT-2",),
        ),
        Clause("P-O1.6", "Signing out of the site ends no connection."),
        Clause("P-O1.7", "An ID token names the methods behind the sign-in (amr).", ("OIDC-CORE-2",)),
        Clause("OIDC-CORE-2", "An ID token is for its client, and its nonce is the one of the request."),
        Clause("OIDC-CORE-3.1.3.6", "at_hash fits the access token that comes with the ID token."),
        Clause("OIDC-CORE-5.3.1", "Userinfo is asked for by GET or POST."),
        Clause("OIDC-CORE-5.3.3", "Userinfo refuses as bearer tokens are refused."),
        Clause("OIDC-LOGOUT-3", "After signing out a browser goes to a registered address only."),
    ),
)
