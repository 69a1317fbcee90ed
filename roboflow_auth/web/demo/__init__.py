"""What `manage.py seed_demo` fills an empty server with: people, workspaces, and images drawn by this package."""
