"""Real clients, each from the bare /mcp address to a tool's result, with a real browser and a real server."""
