"""One file per rule that several endpoints obey."""
