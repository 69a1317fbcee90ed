"""People: the User model (e-mail, stable subject) and what django-allauth needs from us."""
