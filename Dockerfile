# One image for every process type: all (the default), web, mcp, and manage COMMAND. See docs/running.md.
FROM python:3.11-slim AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATABASE_URL=sqlite:////data/db.sqlite3 \
    MEDIA_ROOT=/data/media
RUN groupadd --system --gid 10001 app \
    && useradd --system --uid 10001 --gid app --no-create-home app \
    && install --directory --owner=app --group=app /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY roboflow_auth roboflow_auth
COPY mcp_server mcp_server
COPY templates templates
# The settings want an identity even here, but nothing of it stays in the files that are collected.
RUN PUBLIC_URL=https://build.invalid SECRET_KEY=only-to-collect-static-files \
    python manage.py collectstatic --no-input
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "roboflow_auth.serve"]
CMD ["all"]
