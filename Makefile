# One command a habit. `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

BIN := .venv/bin
# Extra arguments for pytest or for the demo: make test ARGS="tests/unit -x"
ARGS ?=
# PG=15 runs the database tests a second time, on Debian's PostgreSQL 15.
PG ?=
# So many files of tests run side by side, each file's own tests in their order; 0 is all in one process.
WORKERS ?= 2
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile
SCREENS ?= build/screens
# release: make security runs twenty times as many requests and frames.
SECURITY ?=

# Tests see no settings, no home and no desktop session of whoever runs them.
OWN_SETTINGS := $(shell env | sed -n 's/^\(CALLBOARD_[A-Z0-9_]*\)=.*/-u \1/p' | grep -v ' CALLBOARD_TEST_')
# A runtime folder has to be there, private and with a short path: Qt warns otherwise, which fails a test.
CLEANLY = scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && env $(OWN_SETTINGS) \
	-u DATABASE_URL -u DATABASE_READ_URL -u REDIS_URL -u PYTHONPATH -u PYTEST_ADDOPTS \
	-u DBUS_SESSION_BUS_ADDRESS -u DISPLAY -u WAYLAND_DISPLAY \
	-u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u XDG_STATE_HOME \
	QT_QPA_PLATFORM=offscreen HOME="$$scratch" XDG_RUNTIME_DIR="$$scratch"
DATABASE_TESTS := tests/db tests/api tests/realtime

.PHONY: help setup demo test check lint format lock bench bench-estimates security screens clean

help: ## list these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## create .venv and install everything, system libraries included; does nothing when up to date
	@sh installers/setup/setup.sh

demo: setup ## a server, a lively day at City Hall, and the three apps on this screen
	@$(BIN)/callboard-demo $(ARGS)

test: setup ## the whole test suite; ARGS="..." goes to pytest, PG=15 adds a run on PostgreSQL 15
	@if [ -n "$(PG)" ] && [ ! -x "/usr/lib/postgresql/$(PG)/bin/postgres" ]; then \
		echo "PostgreSQL $(PG) is not installed: apt-get install postgresql-$(PG)" >&2; exit 1; fi
	@if [ -n "$(PG)" ]; then $(CLEANLY) CALLBOARD_TEST_PG_BIN=/usr/lib/postgresql/$(PG)/bin \
		$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(DATABASE_TESTS); fi
	@$(CLEANLY) $(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: lint test ## lint, types, import floors, then the tests

lint: setup ## lint, format, types and import floors alone
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup ## compile requirements.lock anew from pyproject.toml
	@$(BIN)/python installers/setup/lock.py

bench: setup ## measure; one JSON line a measurement
	@$(CLEANLY) $(BIN)/python -m pytest tests/bench -m bench -q -s $(ARGS)

bench-estimates: setup ## measure the waiting-time estimates on simulated lobbies; ARGS="--load 1.1" for busier ones
	@$(BIN)/python -m tests.bench.estimates $(ARGS)

security: setup ## fuzz a server, look for weaknesses in code and packages; SECURITY=release for the long form
	@$(CLEANLY) CALLBOARD_TEST_SECURITY=$(SECURITY) $(BIN)/python -m pytest tests/security -m security -q -s $(ARGS)

screens: setup ## run the demo without a screen and save staff.png, display.png and admin.png
	@mkdir -p $(SCREENS)
	@QT_QPA_PLATFORM=offscreen $(BIN)/callboard-demo --headless --seconds 20 --screenshots $(SCREENS)

clean: ## remove what was built, .venv included; data directories stay
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
