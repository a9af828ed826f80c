"""Production's settings for a test run, on an environment that no machine's own can change."""

import os

os.environ.update(
    ENV_FILE="",
    SECRET_KEY="only-for-tests",
    DEBUG="off",
    # The test client speaks plain http; test_settings.py looks at the settings with it on.
    HTTPS="off",
    ALLOWED_HOSTS="localhost,127.0.0.1",
    SITE_ADDRESS="http://testserver",
    CSRF_TRUSTED_ORIGINS="",
    ADMIN_PATH="admin/",
    TIME_ZONE="UTC",
    LOG_LEVEL="WARNING",
    # Tests ask for files by the dozen and leave some of them open; tests/serving/test_shares.py counts them.
    THREADS="400",
    # Machines that test are busy.
    STATEMENT_SECONDS="60",
    # Tests roll back, and what one has seen is not what the next one is to see; `kept_pages` turns it on.
    CACHE_URL=os.environ.get("TEST_CACHE_URL") or "dummycache://",
    # The same of days; tests/as_of/test_days.py turns it on.
    DAYS_DIR="",
    DATABASE_REPLICA_URL=os.environ.get("TEST_DATABASE_REPLICA_URL", ""),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or "sqlite://:memory:",
)

from tracker.settings import *  # noqa: F403

# Tests sign in by the dozen; tests/admin/account/test_sign_in.py turns it on.
AXES_ENABLED = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Tests of outages wait for it several times.
RETRY_SECONDS = 1.0
# Nothing is collected for a test: whitenoise finds the files where they are written.
WHITENOISE_AUTOREFRESH = True
