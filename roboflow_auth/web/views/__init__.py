"""The pages' views, one file per page."""
