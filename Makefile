# The two commands are `make run` and `make test`. Everything else is a part of them.

HOST ?= 127.0.0.1
PORT ?= 8000
# For `make run`: it serves plain http, which only one's own machine should see.
HTTPS ?= off
STATIC_ROOT ?= $(CURDIR)/var/static

PYTHON3 ?= python3
VENV := .venv
PYTHON := $(VENV)/bin/python
MANAGE := $(PYTHON) manage.py
# The system's pip where the virtual environment could not get one of its own.
PIP = $(if $(wildcard $(VENV)/bin/pip),$(PYTHON) -m pip,$(PYTHON3) -m pip --python $(PYTHON))
# Compiled when it is first imported: most of it never is.
INSTALL = $(PIP) install --no-compile --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test translations quick test-long coverage bench attack lint format types test-sqlite test-postgres lock clean setup

help:
	@echo "make run            serve the site with its data on http://$(HOST):$(PORT)/ (HOST=… PORT=…)"
	@echo "make test           every check, and the tests on SQLite and on PostgreSQL"
	@echo "make quick          within a minute: lint, and a part of the tests on SQLite"
	@echo "make test-long      every check, and every test on both, with many more random examples"
	@echo "make coverage       the branches that make test does not take;  fails below 95 %"
	@echo "make lint           ruff's rules and format, and the order of the wings;  make format applies ruff's"
	@echo "make types          mypy"
	@echo "make test-sqlite    the tests on SQLite;      ARGS='-k word' narrows them"
	@echo "make test-postgres  the tests on PostgreSQL"
	@echo "make bench          speed beside a floor and two peers;  SIZES='1000 10000' ARGS=--quick"
	@echo "make attack         what a visitor notices while a server of its own is attacked;  ARGS='--size 10000'"
	@echo "make translations  bring the catalogues of the other languages up to the program, and name what they lack"
	@echo "make setup          the virtual environment with everything for developing"
	@echo "make lock           pin the requirements anew, with hashes"
	@echo "make clean          remove what can be made again; the data in var/ stays"

$(PYTHON):
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed, as python3 or as PYTHON3=…"; exit 1; }
	@echo "== Creating the virtual environment $(VENV)"
	@# Debian's python3 can make an environment but, without python3-venv, put no pip into it.
	@$(PYTHON3) -m venv $(VENV) >/dev/null 2>&1 || \
	  { rm -rf $(VENV) && $(PYTHON3) -m venv --without-pip $(VENV) && \
	    $(PYTHON3) -m pip --python $(PYTHON) --version >/dev/null; } || \
	  { rm -rf $(VENV); \
	    echo "Neither venv nor pip works with $(PYTHON3). Install them, on Debian and Ubuntu:"; \
	    echo "    apt-get install python3-venv"; exit 1; }

$(VENV)/installed: requirements.txt | $(PYTHON)
	@echo "== Installing the pinned requirements"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(PYTHON)
	@echo "== Installing the pinned requirements for developing"
	@$(INSTALL) -r requirements-dev.txt
	@# They hold those of requirements.txt too.
	@touch $@ $(VENV)/installed

# What Django reads of the translations.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard initiatives/locale/*/LC_MESSAGES/*.po initiatives/admin/locale/*/LC_MESSAGES/*.po))
$(CATALOGUES): %.mo: %.po | $(VENV)/installed .env
	@$(MANAGE) translations --compile

setup: $(VENV)/installed-dev .env $(CATALOGUES)

# Brings the catalogues up to the program, and says what is not translated.
translations: $(VENV)/installed .env
	@$(MANAGE) translations

# A key of this machine's own. A deployment sets SECRET_KEY in its environment instead.
.env: | $(PYTHON)
	@umask 077 && $(PYTHON) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(48))' > $@

# The manifest is written last: a folder alone may be left over from a collecting that failed.
MANIFEST := $(STATIC_ROOT)/staticfiles.json
$(MANIFEST): $(VENV)/installed .env $(shell find initiatives/static templates -type f 2>/dev/null)
	@echo "== Collecting the static files"
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@

define CHECK_PORT
import os, socket, sys
host, port = sys.argv[1:]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
try:
    socket.create_server((host.strip("[]"), int(port)), family=family).close()
except (OSError, OverflowError, ValueError) as error:
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
    sys.exit(f"Cannot serve on {host}:{port}: {reason}; choose another: make run HOST=127.0.0.1 PORT=8001")
endef
export CHECK_PORT

RULE := ----------------------------------------------------------------

# Checked first: whoever forgot the server in another window need not wait to be told.
run: export HTTPS := $(HTTPS)
run: export DEBUG := off
run: export STATIC_ROOT := $(STATIC_ROOT)
run: export SITE_ADDRESS := http://$(HOST):$(PORT)
run: | $(PYTHON)
	@$(PYTHON) -c "$$CHECK_PORT" "$(HOST)" "$(PORT)"
	@$(MAKE) --silent --no-print-directory $(MANIFEST) $(CATALOGUES)
	@echo "== Bringing the database up to date"
	@$(MANAGE) migrate --verbosity 0
	@echo "== Loading the reports"
	@$(MANAGE) load_report --brief fixtures/
	@echo "== Making the files of everything ($(MANAGE) make_files does it again)"
	@$(MANAGE) make_files --at-once
	@# Last of all and set apart: nothing that comes after it may push the password out of sight.
	@admin=$$($(MANAGE) create_first_admin --site "http://$(HOST):$(PORT)") || exit 1; \
	echo "== Serving on http://$(HOST):$(PORT)/ for your own machine: without a proxy, slow clients can block it (Ctrl-C ends it)"; \
	if [ -n "$$admin" ]; then printf '\n$(RULE)\n\n%s\n\n$(RULE)\n\n' "$$admin"; fi; \
	exec $(VENV)/bin/gunicorn tracker.wsgi --bind $(HOST):$(PORT) --log-level warning

test: setup
	@TEST_EXTENT=usual $(PYTHON) -m tests.run

test-long: setup
	@TEST_EXTENT=long $(PYTHON) -m tests.run

quick: lint
	@TEST_DATABASE_URL= TEST_EXTENT=quick $(PYTHON) -m pytest -q -n auto --dist worksteal $(ARGS)

coverage: setup
	@$(PYTHON) -m coverage erase
	@TEST_EXTENT=usual TEST_DATABASE_URL= $(PYTHON) -m coverage run -m pytest -q -n auto --dist worksteal
	@TEST_EXTENT=usual $(PYTHON) -m tests.postgres $(PYTHON) -m coverage run -m pytest -q -n auto --dist worksteal
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage report --skip-covered --show-missing

bench: setup
	@$(PYTHON) -m bench $(SIZES) $(ARGS)

attack: setup
	@$(PYTHON) -m bench.attack $(ARGS)

lint: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(VENV)/bin/lint-imports

format: setup
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

types: setup
	@$(PYTHON) -m mypy

test-sqlite: setup
	@TEST_DATABASE_URL= $(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

test-postgres: setup
	@$(PYTHON) -m tests.postgres $(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

# Without --upgrade the pins that are there stay; `make lock UPGRADE=--upgrade` renews them.
LOCK = $(VENV)-lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" $(UPGRADE)
lock:
	@test -x $(VENV)-lock/bin/uv || { $(PYTHON3) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv; }
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --extra redis --constraint requirements.txt --output-file requirements-redis.txt
	@$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) $(VENV)-lock $(STATIC_ROOT) $(CATALOGUES) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
