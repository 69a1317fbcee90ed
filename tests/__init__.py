"""Tests, in the same tree as the source they go with; besides, flows/, house/ and browser/."""
