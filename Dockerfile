# The whole product in one container, on SQLite in the volume /data. For web and worker apart, on a PostgreSQL, give
# their lines of the Procfile as commands.
# Pinned by the digest of the index for all platforms: docs/decisions/0040-supply-chain.md says how to renew it.
FROM python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /venv/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f
ENV PATH="/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data HOST=0.0.0.0 PORT=3000 DATABASE_URL=sqlite:////data/docspace-review.db
RUN useradd --system --uid 10001 --home-dir /data --create-home docspace-review
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /data
USER 10001
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=30s --timeout=5s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["docspace-review", "serve"]
