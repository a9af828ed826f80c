# The site as an image: docs/deploy.md says how to run it.

FROM python:3.13-slim-bookworm AS packages
# Nothing is compiled and nothing but what the hashes name is taken.
COPY requirements-redis.txt /
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r /requirements-redis.txt

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ENV_FILE="" \
    STATIC_ROOT=/srv/static \
    PORT=8000
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent tracker \
 && install -d -o tracker -g tracker -m 700 /srv/files
COPY --from=packages /venv /venv
WORKDIR /srv/tracker
COPY . .
# The files belong to root: the program cannot change itself. This key is for these commands only and stays here.
RUN export SECRET_KEY=only-for-these-commands DATABASE_URL=sqlite://:memory: \
 && python manage.py translations --compile \
 && python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q initiatives tracker
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
# Workers keep their heartbeat in memory: a container's disk may be slow, and /tmp read-only.
CMD ["gunicorn", "tracker.wsgi", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
