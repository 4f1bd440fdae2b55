# The reward service: build from the repository root, `docker compose build` or
# `docker build -f docker/service.Dockerfile .`. With `--target offline`, also what scores files of
# any format. Arguments and secrets: docs/docker.md.

FROM python:3.11-slim AS package
WORKDIR /src
ARG PIP_INDEX_URL PIP_EXTRA_INDEX_URL
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY reward_service reward_service
COPY trainer trainer
RUN --mount=type=secret,id=ca_bundle --mount=type=cache,target=/root/.cache/pip \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi; \
    pip wheel --no-deps --wheel-dir /dist .


# A stage of its own: a change of the source leaves its layer, nearly all of the image, as it is.
FROM python:3.11-slim AS environment
WORKDIR /src
# Without their symbol tables the extension modules are 200 MB smaller.
ARG STRIP_DEBUG=yes
RUN if [ "$STRIP_DEBUG" = yes ]; then \
        apt-get update && apt-get install --yes --no-install-recommends binutils \
        && rm -rf /var/lib/apt/lists/*; \
    fi
ARG PIP_INDEX_URL PIP_EXTRA_INDEX_URL
# Extras of the package, as in `otel`.
ARG EXTRAS
COPY pyproject.toml constraints.txt docker/requirements.py docker/slim.py ./
RUN --mount=type=secret,id=ca_bundle --mount=type=cache,target=/root/.cache/pip \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi; \
    python -m venv --without-pip /opt/venv \
    && python requirements.py service $EXTRAS > requirements.txt \
    && pip --python /opt/venv/bin/python install --no-compile -c constraints.txt \
        -r requirements.txt \
    && if [ "$STRIP_DEBUG" = yes ]; then strip=--strip; fi \
    && python slim.py /opt/venv $strip

# The models ask for an older spaCy than works here, hence --no-deps.
ARG SCISPACY_MODEL
ARG SCISPACY_VERSION=0.5.4
ARG SCISPACY_RELEASES=https://s3-us-west-2.amazonaws.com/ai2-s2-scispacy/releases
RUN --mount=type=secret,id=ca_bundle --mount=type=cache,target=/root/.cache/pip \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi; \
    if [ -n "$SCISPACY_MODEL" ]; then \
        pip --python /opt/venv/bin/python install --no-deps \
            "$SCISPACY_RELEASES/v$SCISPACY_VERSION/$SCISPACY_MODEL-$SCISPACY_VERSION.tar.gz"; \
    fi


# Parquet, a third of the size that everything else has together: only in the image for files.
FROM environment AS files
RUN --mount=type=secret,id=ca_bundle --mount=type=cache,target=/root/.cache/pip \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi; \
    python -m venv --without-pip /opt/files \
    && python requirements.py files > requirements.txt \
    && pip --python /opt/files/bin/python install --no-compile --no-deps -c constraints.txt \
        -r requirements.txt \
    && if [ "$STRIP_DEBUG" = yes ]; then strip=--strip; fi \
    && python slim.py /opt/files $strip


FROM python:3.11-slim AS runtime
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin reward
COPY --from=environment /opt/venv /opt/venv
RUN --mount=type=bind,from=package,source=/dist,target=/dist \
    pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-index /dist/*.whl
# Nothing is written at run time: the root file system can be read-only.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001


FROM runtime AS offline
COPY --from=files /opt/files/lib /opt/venv/lib
CMD ["clinical-reward", "score", "--help"]


FROM runtime AS service
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=120s --retries=3 CMD ["python", "-I", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=3)"]
CMD ["clinical-reward", "serve", "--host", "0.0.0.0", "--port", "8000"]
