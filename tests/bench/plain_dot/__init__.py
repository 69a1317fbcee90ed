"""A plain django-oauth-toolkit project as its own documentation sets one up: a competitor of `make bench`."""
