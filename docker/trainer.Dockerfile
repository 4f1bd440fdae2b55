# The trainer, which knows the reward service only over HTTP: build from the repository root,
# `docker compose build` or `docker build -f docker/trainer.Dockerfile .`. Arguments: docs/docker.md.

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
ARG PIP_INDEX_URL PIP_EXTRA_INDEX_URL
# PyTorch's builds without CUDA. For GPUs: an empty value (the package index's own build).
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY pyproject.toml constraints.txt docker/requirements.py ./
RUN --mount=type=secret,id=ca_bundle --mount=type=cache,target=/root/.cache/pip \
    --mount=type=bind,source=docker/wheels,target=/wheels \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi; \
    export PIP_FIND_LINKS=/wheels PIP_CONSTRAINT=/src/constraints.txt; \
    python -m venv --without-pip /opt/venv \
    && python requirements.py trainer > requirements.txt \
    && pip --python /opt/venv/bin/python install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch \
    && pip --python /opt/venv/bin/python install -r requirements.txt \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} +


FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin trainer \
    && install --directory --owner=trainer --group=trainer /runs
COPY --from=environment /opt/venv /opt/venv
RUN --mount=type=bind,from=package,source=/dist,target=/dist \
    pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-index /dist/*.whl
COPY configs /configs
# What libraries write at run time goes to /tmp; runs go to the volume.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HF_HOME=/tmp/huggingface MPLCONFIGDIR=/tmp/matplotlib HOME=/tmp
USER 10001:10001
VOLUME /runs
WORKDIR /runs
CMD ["crpo", "--help"]
