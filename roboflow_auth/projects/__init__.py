"""Projects: what is labelled, in which classes, and the trash in which deleted ones wait for 30 days."""
