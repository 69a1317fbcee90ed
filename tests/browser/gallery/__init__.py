"""Every page of the product in every state that people meet, as data: `catalogue.GALLERY`.

A state says who looks and how they get there; `stage` opens it on a live server. The pictures of docs/pages.md and the
tests of what must hold on every page come from here, so a page that is added to it gets both.
"""
