"""The catalogues of translations: what is extracted from the code, how they are kept up to date and compiled.

Everything is Python, so neither `make messages` nor the tests need the programs of GNU gettext.
"""
