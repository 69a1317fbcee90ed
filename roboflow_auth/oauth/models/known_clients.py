"""KnownClient: an entry of the catalogue of clients that people really use (protocol.md P-C8; docs/interop.md)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from roboflow_auth.oauth.rules.redirect_uri import is_loopback, without_loopback_port


class KnownClient(models.Model):
    """One client: the names it registers under, the URLs of its metadata documents, its exact redirect URIs.

    A redirect URI that ends in `/*` stands for one more path segment, the vendor's id of the connection. Rows that come
    with the product (`is_shipped`) are only ever disabled; a row of staff's own replaces the one with its slug.
    """

    slug = models.SlugField(
        _("key"), max_length=64, help_text=_("An entry with the key of one that was shipped takes its place.")
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("What people see."))
    names = models.JSONField(
        _("registered names"), default=list, help_text=_("Names under which it registers, one per line.")
    )
    vendor_host = models.CharField(_("vendor"), max_length=255, blank=True, help_text=_("Its host, as example.com."))
    may_be_verified = models.BooleanField(
        _("may be verified"),
        default=False,
        help_text=_("People see «Verified» where the answer can reach nobody but this vendor, by https."),
    )
    client_ids = models.JSONField(
        _("client IDs"), default=list, blank=True, help_text=_("URLs of its metadata documents, one per line.")
    )
    redirect_uris = models.JSONField(
        _("redirect URIs"),
        default=list,
        blank=True,
        help_text=_("One per line, exact; /* at the end stands for one more path segment."),
    )
    pinned_metadata = models.JSONField(
        _("pinned metadata"),
        default=dict,
        blank=True,
        help_text=_(
            "What the copy of its metadata document says beyond this page. It is used when the vendor's can't be read."
        ),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    is_shipped = models.BooleanField(_("came with the product"), default=False, editable=False)
    shipped_version = models.PositiveIntegerField(_("version of the shipped list"), null=True, editable=False)

    class Meta:
        verbose_name = _("known app")
        verbose_name_plural = _("known apps")
        constraints = (
            models.UniqueConstraint(fields=["slug", "is_shipped"], name="one_known_client_per_slug_and_source"),
        )

    def __str__(self) -> str:
        return self.name

    def owns(self, redirect_uri: str) -> bool:
        """Return whether an answer to `redirect_uri` can reach nobody but this client, as only https can tell.

        RFC 8252 §7.1, §8.6: any app on the device can listen on loopback and claim a private-use scheme.
        """
        return self.may_be_verified and redirect_uri.startswith("https://") and self.may_answer_at(redirect_uri)

    def may_answer_at(self, redirect_uri: str) -> bool:
        """Return whether this client is known to receive answers at `redirect_uri`, alone or not."""
        return any(_matches(pattern, redirect_uri) for pattern in self.redirect_uris)

    def may_listen_at(self, redirect_uri: str) -> bool:
        """Return whether `redirect_uri` is this client's on the person's own machine, with an id of the connection.

        No metadata document can list such a URI, since it is another one for every server.
        """
        patterns = [pattern for pattern in self.redirect_uris if pattern.endswith("/*")]
        return is_loopback(redirect_uri) and any(_matches(pattern, redirect_uri) for pattern in patterns)

    def document(self, client_id: str) -> dict[str, Any]:
        """Return the copy of the metadata document `client_id`."""
        return {
            "client_name": self.name,
            "client_uri": f"https://{self.vendor_host}" if self.vendor_host else "",
            "redirect_uris": [uri for uri in self.redirect_uris if not uri.endswith("/*")],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            **self.pinned_metadata,
            "client_id": client_id,
        }


def _matches(pattern: str, redirect_uri: str) -> bool:
    expected, actual = without_loopback_port(pattern), without_loopback_port(redirect_uri)
    if not expected.endswith("/*"):
        return expected == actual
    segment = actual.removeprefix(expected[:-1])
    # Neither a further slash nor an escape: others could read these differently.
    return segment != actual and segment.replace("-", "").replace("_", "").isalnum()
