"""What was done, by whom, through which client, and what was refused: one append-only row per action."""
