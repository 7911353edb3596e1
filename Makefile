# `make` alone lists the targets. Every target builds what it needs first; nothing is installed outside .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK   := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format lock bench practices screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/ready-dev ## build the environment for development

run: $(VENV)/ready ## run the bot (without Slack tokens: in a sandbox workspace on this machine)
	@exec $(BIN)/career run

demo: $(VENV)/ready ## run the bot in a sandbox workspace with a small team, ten weeks into its discussions
	@exec $(BIN)/career demo

test: $(VENV)/ready-dev ## run all tests
	@$(BIN)/pytest -n 2 --dist worksteal

check: $(VENV)/ready-dev ## lint, types, import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/ready-dev ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/ready-dev ## write the hashed lock files anew
	@$(LOCK) --group build pyproject.toml --output-file requirements.lock
	@$(LOCK) --group dev pyproject.toml --output-file requirements-dev.lock
	@$(LOCK) --group bench --constraint requirements-dev.lock pyproject.toml --output-file requirements-bench.lock

bench: $(VENV)/ready-bench ## measure speed and memory; prints a table and writes it to benchmarks/results/
	@$(BIN)/python -m benchmarks

practices: $(VENV)/ready-dev ## list in docs/practices.md where each practice is tested
	@$(BIN)/python -m docs.list_practices

screenshots: $(VENV)/ready-dev ## take the README's pictures from the sandbox (needs Chromium)
	@$(BIN)/python -m docs.take_screenshots

clean: ## remove the environment and caches (never data/)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Building the environment in $(VENV) (once, about a minute)…"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/ready-bench: requirements-bench.lock $(VENV)/ready-dev
	@$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@
