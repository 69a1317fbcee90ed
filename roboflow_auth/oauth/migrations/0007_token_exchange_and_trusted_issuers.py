import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("oauth", "0006_device_codes"),
        ("workspaces", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrustedIssuer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(help_text="What people see, as «Acme».", max_length=100, verbose_name="name"),
                ),
                (
                    "issuer",
                    models.CharField(
                        help_text="The iss of its assertions, character for character.",
                        max_length=512,
                        verbose_name="issuer",
                    ),
                ),
                (
                    "tenant",
                    models.CharField(
                        blank=True,
                        help_text="The tenant of its assertions, for an issuer that speaks for several enterprises; else empty.",
                        max_length=255,
                        verbose_name="tenant",
                    ),
                ),
                (
                    "person_claim",
                    models.CharField(
                        choices=[
                            ("email", "email: an e-mail address"),
                            ("sub_email", "sub: an e-mail address"),
                            ("sub_subject", "sub: the subject that this server gave the person"),
                        ],
                        default="email",
                        help_text="An e-mail address counts where the person has confirmed it here.",
                        max_length=16,
                        verbose_name="who the person is",
                    ),
                ),
                ("scope_ceiling", models.TextField(blank=True, verbose_name="scope ceiling")),
                ("jwks_uri", models.CharField(blank=True, max_length=2048, verbose_name="address of the public keys")),
                ("pinned_keys", models.JSONField(blank=True, default=list, verbose_name="public keys")),
                ("fetched_keys", models.JSONField(default=list, editable=False, verbose_name="fetched public keys")),
                ("keys_expire_at", models.DateTimeField(editable=False, null=True, verbose_name="keys are good until")),
                (
                    "is_disabled",
                    models.BooleanField(
                        default=False,
                        help_text="Ends all that it granted, and nothing new is granted.",
                        verbose_name="disabled",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
                ),
            ],
            options={
                "verbose_name": "trusted issuer",
                "verbose_name_plural": "trusted issuers",
            },
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="actors",
            field=models.JSONField(blank=True, null=True, verbose_name="who acts"),
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="derived",
                to=settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL,
                verbose_name="exchanged for",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="may_exchange",
            field=models.BooleanField(
                default=False,
                help_text="It gets short, narrower tokens for tokens that are its own, or meant for the resource that it serves (RFC 8693). Taking this back ends them at once.",
                verbose_name="may exchange tokens",
            ),
        ),
        migrations.AddIndex(
            model_name="accesstoken",
            index=models.Index(condition=models.Q(("parent__isnull", False)), fields=["parent"], name="derived_tokens"),
        ),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("actors__isnull", True), ("parent__isnull", True)),
                    models.Q(("actors__isnull", False), ("parent__isnull", False)),
                    _connector="OR",
                ),
                name="derived_tokens_have_actors",
            ),
        ),
        migrations.AddField(
            model_name="trustedissuer",
            name="clients",
            field=models.ManyToManyField(
                blank=True,
                help_text="Which apps may bring its assertions. An app that proves nothing of itself never can.",
                related_name="+",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                verbose_name="apps",
            ),
        ),
        migrations.AddField(
            model_name="trustedissuer",
            name="workspace",
            field=models.ForeignKey(
                help_text="It may speak for the members of this workspace, there and nowhere else.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The enterprise that agreed in the person's stead; empty where the person did.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="connections",
                to="oauth.trustedissuer",
                verbose_name="granted by",
            ),
        ),
        migrations.AddIndex(
            model_name="connection",
            index=models.Index(
                condition=models.Q(("granted_by__isnull", False)), fields=["granted_by"], name="enterprise_connections"
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedissuer",
            constraint=models.UniqueConstraint(fields=("issuer", "tenant"), name="one_trust_per_issuer_and_tenant"),
        ),
    ]
