"""Template tags of the authorization server."""
