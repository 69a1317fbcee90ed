"""Tests of the pages' template tags."""
