"""Promises about what people agreed to, and for how long."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "Connections",
    (
        Clause("P-G1.1", "A connection is one person, client, redirect URI, resource and workspace."),
        Clause("P-G1.2", "A token acts in the one workspace that the person chose."),
        Clause(
            "P-G1.3", "A person learns by e-mail of every new connection; a mail that can't be sent changes nothing."
        ),
        Clause("P-G1.4", "A person sees every call that their apps made, allowed or refused, and nobody else's."),
        Clause(
            "P-G2.1", "A token does what its scopes, its connection and the person's role of now allow, and no more."
        ),
        Clause(
            "P-G2.2",
            "Whatever ends access is felt at the very next call, with 401 and invalid_token.",
            ("RFC6750-3.1",),
        ),
        Clause("P-G2.3", "It is felt at every node."),
        Clause(
            "P-G2.4",
            "What a person takes away from a connection is missing at the very next call, as a step-up challenge.",
        ),
        Clause(
            "P-G2.5", "On their page of connected apps a person can take away from a connection, and never add to it."
        ),
        Clause("P-G3.1", "The person chooses how long: a day, 30 days, 90 days, or until they disconnect."),
        Clause("P-G3.2", "No token outlives its connection."),
        Clause("P-G3.3", "The token response and the introspection tell the end of the connection."),
        Clause("P-G3.4", "Where the person moves the end of a connection, the ends of its tokens follow."),
        Clause("P-G4.1", "Asking again for the same widens the connection and leaves its other sessions alone."),
        Clause("P-G4.2", "Revoking a token ends its session only.", ("RFC7009-2.1",)),
        Clause("P-G4.3", "Disconnecting ends every session of a connection."),
        Clause("P-G4.4", "Leaving a workspace ends what was connected to it."),
        Clause("P-G4.5", "Coming back to a workspace revives nothing of it."),
        Clause("P-G4.6", "The person ends one session, and the connection's other sessions go on."),
        Clause("P-G4.7", "Blocking an app in a workspace ends every member's connection there, and none elsewhere."),
        Clause("P-G4.8", "No grant and no answer on the consent page gets past a block, also while it is being made."),
        Clause(
            "P-G4.9",
            "What was taken away from a connection and is allowed again comes back to no session of before.",
        ),
    ),
)
