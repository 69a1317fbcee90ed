"""Promises about how clients get in, and how they prove who they are."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "Clients",
    (
        Clause("P-C1.1", "A client that staff registered gets in.", ("RFC6749-2", "MCP-CLIENTS-pre-registration")),
        Clause("P-C1.2", "A client that only has a metadata document gets in.", ("CIMD-5",)),
        Clause("P-C1.3", "A client that registers itself gets in.", ("RFC7591-3",)),
        Clause("P-C1.4", "A known client gets in where its document can't be fetched.", ("CIMD-5.2",)),
        Clause(
            "P-C2.1",
            "A registration is narrowed to what can be used, and the answer says what was registered.",
            ("RFC7591-2", "RFC7591-3.2.1"),
        ),
        Clause("P-C2.2", "A registration fails when nothing usable is left of it.", ("RFC7591-3.2.2",)),
        Clause("P-C2.3", "The scope of a registration is no limit to what the client may ask for later."),
        Clause("P-C3.1", "The answer to a registration has every member that it must have.", ("RFC7591-3.2.1",)),
        Clause("P-C3.2", "Only a client that needs a secret gets one, with the time of its end.", ("RFC7591-3.2.1",)),
        Clause("P-C3.3", "A registration is refused in JSON, with one of the registered errors.", ("RFC7591-3.2.2",)),
        Clause(
            "P-C3.4", "A client reads, replaces and deletes its registration with the token for it.", ("RFC7592-2",)
        ),
        Clause(
            "P-C4.1",
            "A client with a secret may send it by Basic or in the body.",
            ("RFC6749-2.3.1",),
            divergence="It may use the way that it did not register, since a real client mixes them up. Neither way is "
            "weaker than the other.",
        ),
        Clause("P-C4.2", "A client with a secret gets nothing without it.", ("RFC6749-3.2.1", "RFC6749-10.1")),
        Clause(
            "P-C4.3",
            "Of Basic, the scheme is read in any case, both halves are percent-decoded, and a secret may hold colons.",
            ("RFC6749-2.3.1", "RFC9110-11.1"),
        ),
        Clause(
            "P-C4.4", "A client with a published key proves itself with private_key_jwt.", ("OIDC-CORE-9", "CIMD-8.2")
        ),
        Clause("P-C4.5", "An assertion of a client is taken once, by whichever process.", ("OIDC-CORE-9",)),
        Clause(
            "P-C5.1", "A metadata document is fetched for an authorization, and never at another endpoint.", ("CIMD-5",)
        ),
        Clause("P-C5.2", "Only an https URL with a path, up to 2048 characters long, is fetched.", ("CIMD-3",)),
        Clause("P-C5.3", "A document counts only if its client_id is the URL at which it stands.", ("CIMD-4",)),
        Clause(
            "P-C5.4",
            "A fetch is cut off after 5 KB and after a few seconds, and follows no redirect.",
            ("CIMD-5", "CIMD-8.7"),
        ),
        Clause("P-C5.5", "No spelling of a client ID reaches an address inside our own network.", ("CIMD-8.6",)),
        Clause("P-C5.6", "A document is kept as its headers say, between five minutes and a day.", ("CIMD-5.2",)),
        Clause("P-C5.7", "Requests at the same time fetch a document once."),
        Clause("P-C5.8", "A failure is not repeated at once, and the last good copy goes on counting.", ("CIMD-5.1",)),
        Clause("P-C5.9", "Where there is an egress proxy, it is the only way out."),
        Clause("P-C5.10", "Metadata documents can be switched off."),
        Clause("P-C5.11", "The switches that let tests fetch from this machine do nothing in production."),
        Clause("P-C6.1", "A code goes only to a redirect URI that the client's metadata has now.", ("CIMD-8.1",)),
        Clause("P-C6.2", "A change of a client's metadata ends nothing and is shown at the next consent."),
        Clause("P-C6.3", "A connection stays with the keys of its client that the person was shown."),
        Clause("P-C7.1", "A registration that never led to a connection is pruned after a day."),
        Clause("P-C7.2", "A registration that ever led to a connection is kept."),
        Clause(
            "P-C7.3",
            "A client that is gone is told invalid_client, so that it registers anew, and people see a page.",
            ("RFC6749-5.2",),
        ),
        Clause("P-C8.1", "The known clients are shipped with their names, client IDs and redirect URIs."),
        Clause(
            "P-C8.2", "A badge says verified only where the answer can reach nobody but the vendor.", ("RFC8252-8.6",)
        ),
        Clause("P-C8.3", "A client that borrows a known name is shown with a warning.", ("RFC9700-4.11.2",)),
        Clause("P-C8.4", "A name that claims to be ours, official or verified is refused.", ("RFC7591-5",)),
        Clause("P-C8.5", "Staff change the list of known clients."),
        Clause("P-C9.1", "A deployment lets unknown clients in, asks staff about them, or refuses them."),
        Clause("P-C9.2", "When staff approve of a client, the person who waits goes on."),
        Clause(
            "P-C9.3", "A workspace lets in all apps, verified ones, those its admins allow when asked, or listed ones."
        ),
        Clause("P-C9.4", "When its admins allow an app that a person waits for, the same request goes on."),
        Clause("P-C10.1", "A redirect URI is compared character by character.", ("RFC9700-2.1", "OAUTH21-2.3.1")),
        Clause(
            "P-C10.2",
            "On loopback any port is the registered one, for 127.0.0.1, [::1] and localhost.",
            ("RFC8252-7.3",),
            divergence="The standard advises against localhost. Claude Code, Gemini CLI and others use it.",
        ),
        Clause("P-C10.3", "Anybody registers https and loopback redirect URIs that read one way only, and no others."),
        Clause(
            "P-C10.4",
            "Private-use schemes are for known clients and for staff.",
            ("RFC8252-7.1",),
            divergence="The MCP specification knows https and localhost only, and Cursor needs its own scheme.",
        ),
        Clause("P-C10.5", "Schemes that a browser runs or reads files with are for nobody.", ("RFC9700-4.1.3",)),
        Clause("RFC6749-2.3/a", "A request that authenticates in two ways at once is refused."),
        Clause("RFC6749-2.3.1", "A client with a secret can send it by HTTP Basic."),
        Clause("RFC6749-5.2/a", "A failed Basic authentication is answered with 401 and a Basic challenge."),
        Clause("RFC7591-2", "The registered metadata never names a grant without its response type, or the reverse."),
        Clause("RFC7591-3.1", "A registration is a JSON object, and anything else is refused."),
        Clause("RFC7591-3.2.1", "The answer to a registration may not be stored by anybody."),
        Clause("RFC7592-2/a", "A request with a wrong registration token is refused with 401."),
        Clause("RFC7592-2.1", "A wrong registration token and an unknown client are answered alike."),
        Clause(
            "RFC7592-2.2/a",
            "A replacement that names another client or another secret is refused.",
            divergence="A replacement without a client_id is taken: the address and the token say whose it is.",
        ),
        Clause("RFC7592-2.2/b", "What a replacement leaves out is gone from the registration."),
        Clause("RFC7592-2.3", "A deletion is answered with 204 and ends every token of the client."),
        Clause(
            "RFC7592-3",
            "An answer about a registration has its address and its token.",
            divergence="The secret is told once: only its hash is stored.",
        ),
        Clause("RFC8252-8.4", "A client gets answers at complete redirect URIs that it registered, and nowhere else."),
        Clause("RFC8252-8.5", "A client that anybody can copy gets by without a secret, and none is made up for it."),
        Clause("CIMD-3", "A client ID with another scheme, a fragment, a user name or dot segments is no client."),
        Clause("CIMD-4/a", "A document whose client_id is not its own URL is no client."),
        Clause("CIMD-4/b", "A document with a shared secret, or with a method that needs one, is no client."),
        Clause("CIMD-5", "An answer other than 200, a redirect among them, is no document."),
        Clause("CIMD-5.1", "An answer that is no document is not kept as one."),
        Clause("CIMD-8.1", "The redirect URI of a request must stand in the document."),
        Clause("CIMD-8.6", "A document on a special-use address is not fetched."),
        Clause("MCP-CLIENTS-client-id-metadata-documents", "A document without usable redirect URIs is no client."),
        Clause(
            "MCP-SECURITY-localhost-redirect-uri-risks",
            "The consent page shows where the answer goes, and warns where any app of the computer could get it.",
        ),
    ),
)
