import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("oauth", "0005_private_key_jwt"),
    ]

    # No endpoint wrote device codes before, so no row lacks what is new.
    operations = [
        migrations.RemoveField(
            model_name="devicecode",
            name="client_id",
        ),
        migrations.RemoveField(
            model_name="devicecode",
            name="last_checked",
        ),
        migrations.AddField(
            model_name="authorizationrequest",
            name="device",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.OAUTH2_PROVIDER_DEVICE_GRANT_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="devicecode",
            name="address",
            field=models.CharField(blank=True, max_length=45, verbose_name="address"),
        ),
        migrations.AddField(
            model_name="devicecode",
            name="auth_time",
            field=models.DateTimeField(null=True, verbose_name="signed in at"),
        ),
        migrations.AddField(
            model_name="devicecode",
            name="client",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="devicecode",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
        ),
        migrations.AddField(
            model_name="devicecode",
            name="poll_from",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="may ask from"),
        ),
        migrations.AddField(
            model_name="devicecode",
            name="redeemed_at",
            field=models.DateTimeField(null=True, verbose_name="redeemed at"),
        ),
        migrations.AddField(
            model_name="devicecode",
            name="resource",
            field=models.CharField(
                choices=[("mcp", "mcp"), ("api", "api")], default=None, max_length=8, verbose_name="resource"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="devicecode",
            name="session",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="device_code", to="oauth.session"
            ),
        ),
        migrations.AlterField(
            model_name="devicecode",
            name="device_code",
            field=models.CharField(max_length=64, verbose_name="hash of the device code"),
        ),
        migrations.AlterField(
            model_name="devicecode",
            name="user_code",
            field=models.CharField(max_length=64, unique=True, verbose_name="hash of the user code"),
        ),
    ]
