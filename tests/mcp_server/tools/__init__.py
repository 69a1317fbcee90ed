"""Tests of the tools, one file per noun as in the source."""
