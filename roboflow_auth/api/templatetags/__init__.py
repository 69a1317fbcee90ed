"""Filters of the API reference."""
