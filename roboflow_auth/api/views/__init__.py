"""The resources of the API, one file per noun. Docstrings here are written for the people who call it.

The first line of a method's docstring is the operation's name in the reference, the rest its description.
"""
