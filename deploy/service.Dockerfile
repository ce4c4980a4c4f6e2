# One of the five services: docker build -f deploy/service.Dockerfile --build-arg SERVICE=booking .
FROM python:3.11-slim-bookworm AS libraries
COPY requirements/production.txt /requirements.txt
# pip and the libraries' own tests stay out: 25 MB that nothing here runs.
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /requirements.txt \
 && rm -r /opt/venv/lib/python3.11/site-packages/*/tests

FROM python:3.11-slim-bookworm
ARG SERVICE
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/libs/contracts:/app/libs/servicekit:/app/services/${SERVICE} \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WORKESTRA_IMAGE=1 \
    SERVICE=${SERVICE} \
    HEALTH_PORT=8080
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin workestra
WORKDIR /app
COPY --from=libraries /opt/venv /opt/venv
COPY workestra ./
COPY deploy/tool deploy/tool
COPY libs libs
COPY services/${SERVICE} services/${SERVICE}
RUN python -m compileall -q /app
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["sh", "-c", "exec python workestra run \"$SERVICE\""]
