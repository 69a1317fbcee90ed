"""Images and their annotations: rows in the database, bytes in the media storage."""
