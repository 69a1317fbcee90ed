"""The toolkit's own URLs: metadata at the root, everything else under /o/."""

from __future__ import annotations

from django.urls import include, path
from oauth2_provider import urls

urlpatterns = [path("", include(urls.metadata_urlpatterns)), path("o/", include(urls))]
