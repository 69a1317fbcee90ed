"""Apps as a workspace sees them: which one a client is (identity), which ones may be connected (rules), what is there
(seen), and what admins do about it (decisions, requests).
"""
