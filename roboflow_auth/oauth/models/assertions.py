"""What was signed for one use and used up: client assertions (RFC 7523 §3) and DPoP proofs (RFC 9449 §11.1)."""

from __future__ import annotations

from django.db import models

from roboflow_auth.oauth.models.clients import Client


class UsedAssertion(models.Model):
    """One `jti` of one client, kept until its assertion would no longer be taken anyway.

    The constraint is what makes an assertion good for one use, on however many nodes it is tried at the same time.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["client", "jti_hash"], name="one_use_per_assertion"),)

    def __str__(self) -> str:
        return f"Used assertion #{self.pk}"


class UsedProof(models.Model):
    """One `jti` of one key, kept until its proof would no longer be taken anyway.

    The digest of both is the primary key: one index decides, and there is nothing else to find a row by.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Used proof {self.digest[:8]}"
