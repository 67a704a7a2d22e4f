# `make run` and `make test` need Python 3.11 or newer and nothing else.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)

# Each worker has its own PostgreSQL server and its own ports. Tests with programs wait half of their
# time, so one worker more than cores runs all tests; the quick ones only compute.
CORES = $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
WORKERS ?= $(CORES)
# Compiled modules are kept, also where the environment forbids it: compiling them costs a worker 5 seconds.
CACHE = PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/$(VENV)/pycache
PYTEST_ALL = $(CACHE) $(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

.PHONY: help setup run quick test lint format types imports check demo bench soak lock docs clean

## help      list the targets
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## setup     everything for development, in .venv
setup: $(VENV)/ready-dev

## run       serve on http://127.0.0.1:9095 with the embedded database and routes.yaml
run: $(VENV)/ready-run
	$(BIN)/gateway serve

## quick     the tests that need no process, browser, peer program or PostgreSQL (under a minute)
quick: setup
	$(PYTEST_ALL) -q -m "not process and not peer and not browser and not postgres"

## test      every test
test: WORKERS = $(shell expr $(CORES) + 1)
test: setup
	$(PYTEST_ALL)

## lint      style and spelling
lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

## format    fix style
format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## types     static types
types: setup
	$(BIN)/mypy --strict gateway

## imports   check that imports go one way
imports: setup
	$(BIN)/lint-imports

## check     lint, types and imports, then every test
check: lint types imports test

## demo      Prometheus, Alertmanager, the gateway and fake vendors, to watch for a minute
demo: $(VENV)/ready-run
	$(BIN)/python -m benchmarks.demo

## soak      an hour of steady mixed load: memory, descriptors and latency
soak: setup
	$(BIN)/python -m benchmarks.soak

## bench     measure, beside a real Alertmanager if one is installed
bench: setup
	$(BIN)/python -m benchmarks

## docs      write the generated reference pages
docs: setup
	$(BIN)/python -m gateway.config.export.json_schema
	$(BIN)/python -m gateway.config.export.reference
	$(BIN)/python -m gateway.config.export.incident_states
	$(BIN)/python -m gateway.stories.reference
	$(BIN)/python -m gateway.cli.reference
	$(BIN)/python -m gateway.render.shipped
	$(BIN)/python -m deploy.rules
	$(BIN)/python -m deploy.dashboards

## lock      choose the newest versions that pyproject.toml allows, with hashes
# Straight from the public index: no configured mirror may lend its files, names or hashes.
LOCK := PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL= PIP_EXTRA_INDEX_URL= PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options pyproject.toml
# The extras of channels, for `make run` and the container.
EXTRAS := --extra apprise --extra smtp --extra sns --extra twilio
lock: setup
	$(LOCK) $(EXTRAS) --output-file requirements.lock
	$(LOCK) $(EXTRAS) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) --only-build-deps --build-deps-for wheel --constraint requirements-dev.lock --output-file requirements-build.lock
	@! grep -nE '://|^ *-(i|f)|--(index|extra|find|trusted)| @ ' requirements*.lock

## clean     remove what can be rebuilt (not data/, which has your alerts)
clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/created:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Install it, or: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/ready-run: requirements.lock requirements-build.lock pyproject.toml $(VENV)/created
	$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/ready-dev: requirements-dev.lock pyproject.toml $(VENV)/created
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@
