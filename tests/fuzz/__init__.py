"""Hostile input at every door: whatever comes, the answer is in the endpoint's own format and never a fault (P-L2)."""
