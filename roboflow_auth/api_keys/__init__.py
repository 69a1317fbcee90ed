"""API keys: for programs that can't do OAuth. A key acts as its maker, in one workspace, with at most their role."""
