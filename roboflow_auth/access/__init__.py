"""Who may do what: the vocabulary, the one catalogue, the principal and the decision. Pure Python, no framework."""
