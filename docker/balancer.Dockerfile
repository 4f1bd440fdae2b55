# A load balancer for several replicas of the service (profile `scale`): Debian's HAProxy. Build from
# the repository root, `docker compose --profile scale build`. Needs a Debian mirror in the build.

FROM python:3.11-slim
RUN apt-get update && apt-get install --yes --no-install-recommends haproxy \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin balancer
COPY docker/haproxy.cfg /etc/haproxy/haproxy.cfg
RUN haproxy -c -f /etc/haproxy/haproxy.cfg
USER 10001:10001
EXPOSE 8000 8404
STOPSIGNAL SIGUSR1
HEALTHCHECK --interval=2s --timeout=2s --start-period=120s --retries=3 CMD ["python", "-I", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8404/health', timeout=1)"]
CMD ["haproxy", "-W", "-f", "/etc/haproxy/haproxy.cfg"]
