"""Annotation jobs: which images someone is asked to label, and who looks at the result."""
