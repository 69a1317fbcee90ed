"""Tests of the resources of the API, one file per noun."""
