"""The authorization server. The only package that knows the toolkit (oauth2_provider, oauthlib, jwcrypto).

The toolkit brings the models' columns, the hardened fetcher and the RFC 9700 checks. The endpoints are ours: each is a
few statements (performance.md), where the toolkit's hooks would take sixteen.
"""
