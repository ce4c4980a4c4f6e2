# The web: docker build -f deploy/gateway.Dockerfile .
FROM node:20-slim AS frontend
WORKDIR /app/gateway/frontend
COPY gateway/frontend/package.json gateway/frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY gateway/frontend ./
RUN mkdir -p /app/gateway/gateway/static && npm run build

FROM python:3.11-slim-bookworm AS libraries
COPY requirements/production.txt /requirements.txt
# pip and the libraries' own tests stay out: 25 MB that nothing here runs.
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /requirements.txt \
 && rm -r /opt/venv/lib/python3.11/site-packages/*/tests

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/libs/contracts:/app/libs/servicekit:/app/gateway \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WORKESTRA_IMAGE=1 \
    BIND=0.0.0.0:8000
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin workestra \
 && install --directory --owner=10001 --mode=0700 /files
WORKDIR /app
COPY --from=libraries /opt/venv /opt/venv
COPY workestra ./
COPY deploy/tool deploy/tool
COPY deploy/configuring deploy/configuring
COPY libs libs
COPY gateway/config.yml gateway/config.yml
COPY gateway/migrations gateway/migrations
COPY gateway/gateway gateway/gateway
COPY --from=frontend /app/gateway/gateway/static/build gateway/gateway/static/build
RUN python -m compileall -q /app
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "workestra", "run", "gateway"]
