# The service, the scheduler and the operator's commands: one image, one entry, an ordinary user.

FROM python:3.13-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/longwen
COPY requirements.txt ./
RUN python -m venv /opt/longwen \
    && /opt/longwen/bin/pip install --require-hashes -r requirements.txt
COPY . .
# In place, so that the migrations and rule books lie beside the package; then what only installs is taken out again.
RUN /opt/longwen/bin/pip install --no-deps --no-build-isolation -e . \
    && /opt/longwen/bin/pip uninstall --yes setuptools pip \
    && /opt/longwen/bin/python -m compileall -q app migrations

FROM python:3.13-slim-trixie
# Debian 13 has the client programs of PostgreSQL 17, for backups. The fonts are what printable papers are set in.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/longwen longwen \
    && install --directory --owner=longwen --mode=0700 /var/lib/longwen/files
COPY --from=build /opt/longwen /opt/longwen
COPY --from=build /srv/longwen /srv/longwen
ENV PATH=/opt/longwen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LONGWEN_HOST=0.0.0.0 \
    LONGWEN_DATA=/var/lib/longwen \
    LONGWEN_RULES=/srv/longwen/scoring_rules \
    LONGWEN_LOG_JSON=true
WORKDIR /var/lib/longwen
USER longwen
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["longwen"]
CMD ["serve"]
