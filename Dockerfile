# Build: docker build -t alert-gateway .
#        docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/alert-gateway --push .
# Run:   docker run -p 9095:9095 -e GATEWAY_EXTERNAL_URL=https://alerts.example.com -e GATEWAY_API_TOKEN \
#               -e ALERTMANAGER_TOKEN -e PROMETHEUS_TOKEN -e POSTMARK_TOKEN \
#               --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --stop-timeout 30 \
#               -v "$PWD/routes.yaml:/config/routes.yaml:ro" -v gateway-data:/data alert-gateway
# GATEWAY_EXTERNAL_URL is needed: links in messages begin with it. Only /data is written to.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/gateway /opt/build
WORKDIR /src
# Dependencies first: this layer changes only when a lock file does.
COPY requirements.lock requirements-build.lock ./
RUN /opt/gateway/bin/pip install --require-hashes -r requirements.lock \
 && /opt/build/bin/pip install --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY gateway/ gateway/
COPY templates/ templates/
COPY routes.yaml ./
COPY docs/routes.schema.json docs/gateway.rules.yml docs/
COPY docs/samples/double-charge.json docs/samples/
COPY deploy/dashboards/json/ deploy/dashboards/json/
# The build tools stay in this stage: the wheel is made by one environment and installed into the other.
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/gateway/bin/pip install --no-deps --no-index /wheels/*.whl \
 && /opt/gateway/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="alert-gateway" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin gateway \
 && install --directory --owner=gateway --group=gateway /data /config
COPY --from=build /opt/gateway /opt/gateway
COPY templates/ /config/templates/
COPY routes.yaml /config/routes.yaml
ENV PATH=/opt/gateway/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GATEWAY_LISTEN=0.0.0.0:9095 \
    GATEWAY_DATABASE_URL=sqlite:////data/gateway.db
# `routes.yaml` and `templates/` are looked up in the working directory.
WORKDIR /config
USER 10001
VOLUME ["/config", "/data"]
EXPOSE 9095
# It answers while the process works; /readyz reports what it cannot reach.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9095/healthz', timeout=4)"]
ENTRYPOINT ["gateway"]
CMD ["serve"]
