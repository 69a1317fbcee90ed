"""What real clients do after they registered (docs/interop.md)."""
