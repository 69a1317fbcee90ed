"""Client ID Metadata Documents: clients whose identifier is the URL of their metadata (protocol.md P-C5).

fetch gets a document without being led astray, resolve turns it into a Client and keeps that fresh.
"""
