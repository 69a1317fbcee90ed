"""The tools, one file per noun. A tool calls the service and returns its shape; all else follows from `@tool`.

Importing this package fills the registry. Docstrings here are written for the model that reads them.
"""

from mcp_server.tools import api_keys, audit, images, members, projects, trash, workspace

__all__ = ["api_keys", "audit", "images", "members", "projects", "trash", "workspace"]
