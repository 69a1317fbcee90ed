"""What every room needs and no room owns: errors, the request's context, HTTP helpers, secret formats.

No domain and no models live here.
"""
