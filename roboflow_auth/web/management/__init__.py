"""Commands of the pages' app."""
