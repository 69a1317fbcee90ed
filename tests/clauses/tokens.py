"""Promises about the token endpoint."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "Token endpoint",
    (
        Clause("P-T1.1", "Every answer is JSON that is not stored.", ("RFC6749-5.1",)),
        Clause("P-T1.2", "A client that is not who it says gets 401 and invalid_client.", ("RFC6749-5.2",)),
        Clause("P-T1.3", "A body that is not a form is an invalid request.", ("RFC6749-3.2",)),
        Clause("P-T1.4", "While the store is away the answer is 503 with Retry-After."),
        Clause(
            "P-T1.5",
            "What is deleted while a token is issued takes it along, or the answer is invalid_client or invalid_grant.",
        ),
        Clause("P-T2.1", "Of any number of redemptions of one code at once exactly one wins.", ("RFC6749-10.5",)),
        Clause(
            "P-T2.2", "A code that is presented again burns the tokens it bought.", ("RFC6749-4.1.2", "OAUTH21-4.1.3")
        ),
        Clause("P-T2.3", "A request that does not fit its code is refused and does not use it up."),
        Clause("P-T3.1", "Refreshing replaces the refresh token.", ("RFC6749-6", "OAUTH21-4.3.1", "RFC9700-2.2.2")),
        Clause(
            "P-T3.2",
            "Within two minutes the same refresh token gets the same answer, however many ask at once.",
            ("RFC9700-4.14.2",),
            divergence="The standard would end the session. Apps run several times over and lose answers, and the "
            "answer is the same one, so that a second use opens nothing new.",
        ),
        Clause("P-T3.3", "An answer that may be repeated is encrypted under a key that only the token yields."),
        Clause(
            "P-T3.4",
            "After that a used refresh token is replaced again as long as its successor was never used.",
            ("RFC9700-4.14.2",),
            divergence="The standard would end the session. A client that never got its successor would be signed out, "
            "and as the unused successor dies there is never a second live pair.",
        ),
        Clause(
            "P-T3.5",
            "Once its successor was used, an old refresh token ends its session; that is on record, and the person "
            "is told.",
            ("RFC9700-4.14.2", "OAUTH21-4.3.1"),
        ),
        Clause("P-T3.6", "The reuse of one session's token never ends another session."),
        Clause(
            "P-T3.7", "Another client gets nothing for a refresh token, and ends nothing with it.", ("RFC6749-10.4",)
        ),
        Clause("P-T4.1", "Refreshing looks again at the person, the membership, the client and the connection."),
        Clause("P-T4.2", "Scopes only narrow on refresh.", ("RFC6749-6",)),
        Clause("P-T5.1", "An access token lives for an hour.", ("MCP-SECURITY-token-theft",)),
        Clause("P-T5.2", "A refresh token that is not used ends, and one that is used goes on.", ("RFC9700-4.14.2",)),
        Clause("P-T5.3", "Staff set both lifetimes for a client."),
        Clause("P-T6.1", "A code buys an access token and a refresh token.", ("RFC6749-4.1",)),
        Clause("P-T6.2", "A service acts for itself in one workspace with one role.", ("RFC6749-4.4",)),
        Clause("P-T6.3", "Nobody gives themselves the client credentials grant.", ("RFC9700-4.15",)),
        Clause("P-T6.4", "A device without a browser gets tokens by a code that the person types.", ("RFC8628-3",)),
        Clause("P-T6.5", "A token is exchanged for a narrower one that dies with it.", ("RFC8693-2",)),
        Clause(
            "P-T6.6",
            "An enterprise's identity assertion is exchanged for a token.",
            ("ID-JAG-4.4", "MCP-ENTERPRISE-access-token-request"),
        ),
        Clause("P-T6.7", "A token is bound to its client's key where the client asks for it.", ("RFC9449-5",)),
        Clause("RFC6749-3.2/a", "The token endpoint takes POST only."),
        Clause("RFC6749-3.2/b", "A token request in which a parameter comes twice is invalid."),
        Clause("RFC6749-4.1.2/b", "A code is worth nothing to another client."),
        Clause(
            "RFC6749-4.1.3",
            "A redirect URI in the token request must be the one of the authorization request.",
            divergence="It may be left out, as in OAuth 2.1: PKCE binds the code to its request.",
        ),
        Clause("RFC6749-4.4.3", "The client credentials grant gives no refresh token."),
        Clause("RFC6749-5.1", "A token response has its type, its lifetime and Cache-Control: no-store."),
        Clause(
            "RFC6749-5.2/b", "A grant that does not exist, or that the client did not register, is refused by name."
        ),
        Clause("RFC6749-6", "A refresh token is for the client that it was issued to."),
        Clause("RFC6749-10.10", "A guess at a token is refused before the store is asked."),
        Clause("RFC7636-4.6", "A verifier that does not fit its challenge is an invalid grant."),
        Clause("RFC8628-3.1", "A device begins by a POST, as a client that proves itself as it registered."),
        Clause(
            "RFC8628-3.2", "A device is told its codes, where its person goes, and how long and how often it may ask."
        ),
        Clause("RFC8628-3.3", "Who answered is sent back to their device."),
        Clause("RFC8628-3.4/a", "A device code is worth nothing to another client."),
        Clause("RFC8628-3.4/b", "Of any number of redemptions of one device code at once exactly one wins."),
        Clause("RFC8628-3.5/a", "A device whose person has not answered is told authorization_pending."),
        Clause(
            "RFC8628-3.5/b", "A device that asks too often is told slow_down, and waits five seconds longer each time."
        ),
        Clause("RFC8628-3.5/c", "A device whose person said no is told access_denied."),
        Clause("RFC8628-3.5/d", "A device whose code has expired is told expired_token."),
        Clause("RFC8628-4", "The metadata names the device authorization endpoint."),
        Clause("RFC8628-5.1", "Guessing what a person would type is held back, even with the right code."),
        Clause(
            "RFC8628-5.4", "Who came by a link is asked whether their device shows the same code, and then for consent."
        ),
        Clause(
            "RFC8628-6.1", "What a person types is eight consonants, in whatever case and with whatever between them."
        ),
        Clause("RFC8693-2.2.1", "An exchanged token says what it is and how long it lives."),
        Clause("RFC8693-2.2.2", "A subject token that is no good is an invalid request."),
        Clause("ID-JAG-3.1", "An identity assertion says by its type that it is one."),
        Clause("ID-JAG-4.4.1/a", "An identity assertion for another server is an invalid grant."),
        Clause("ID-JAG-4.4.1/b", "An identity assertion is worth nothing to another client."),
        Clause(
            "ID-JAG-4.4.3",
            "An identity assertion buys no refresh token, and buys once.",
            divergence="The draft lets a client present the same assertion again. One that leaked would then be good "
            "until it expires; RFC 7523 §3 lets a server insist on a new one.",
        ),
        Clause("ID-JAG-8.1", "Only clients that prove themselves bring identity assertions."),
        Clause("RFC8707-2.2", "A token request for another resource than was granted is an invalid_target."),
        Clause(
            "RFC9700-4.14.2/a", "A refresh token is bound to the resource and the scopes that the person agreed to."
        ),
        Clause("RFC9449-4.3/a", "A proof is signed by the public key in it, of a kind that is good enough."),
        Clause("RFC9449-4.3/b", "A proof is good for one use."),
        Clause("RFC9449-4.3/c", "A proof is for one method, one address, one token, and for about a minute."),
        Clause("RFC9449-5", "A proof at the token endpoint binds the tokens to its key, and their type says so."),
        Clause(
            "RFC9449-5/a",
            "A public client's refresh token is worth nothing without its key, not even a repeated answer.",
        ),
        Clause("RFC9449-5.1", "The metadata of the server and of its resources names the algorithms of proofs."),
        Clause("RFC9449-5.2", "A client that registered that its tokens are bound gets none without a proof."),
        Clause("RFC9449-6.2", "The description of a bound token names its key."),
        Clause("RFC9449-7.1/a", "A bound token is presented as DPoP, with a proof for each request."),
        Clause(
            "RFC9449-7.1/b",
            "Without a proof by its own key a token is refused under DPoP, with a challenge that says why.",
        ),
        Clause("RFC9449-7.2", "A bound token is refused as a bearer token."),
        Clause(
            "RFC9449-8", "Where the deployment asks for it, a proof at the token endpoint needs a nonce of the server."
        ),
        Clause("RFC9449-9", "Where the deployment asks for it, a proof at a resource needs a nonce of the server."),
        Clause("RFC9449-10", "A code is bound to the key that the authorization request named."),
        Clause("RFC9449-11.1", "A proof is good for one use on all nodes, however many try it at once."),
        Clause("RFC9700-4.15", "A service can't be taken for a person."),
    ),
)
