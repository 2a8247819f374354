# Every command a person needs. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-all lint format browser shots bench lock clean

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := False
export STREAMLIT_BROWSER_GATHER_USAGE_STATS := false

PYTHON := .venv/bin/python
# Two workers: tests that share a server stand in one file. TESTS narrows or adds options: make test TESTS=tests/lake
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile --durations=10 $(TESTS)

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## make .venv and install what the product needs
	@.ci/setup.sh run

setup-dev:
	@.ci/setup.sh dev

run: setup ## build the demo at the first start and serve it (CRM_PORT, default 8501)
	@exec $(PYTHON) -m crm_core serve

test: browser ## all tests but the slow ones; lint is one of them
	@$(PYTEST) -m "not slow"

test-all: browser ## all tests
	@$(PYTEST)

lint: setup-dev ## ruff, mypy and the table of imports
	@.ci/lint.sh

format: setup-dev ## let ruff mend what it can
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

browser: setup-dev
	@.ci/browser.sh

shots: setup-dev browser ## every page as a picture in shots/, and those of docs/images anew
	@$(PYTHON) -m tests.browser.shots

bench: setup-dev ## measure what the README claims
	@$(PYTHON) -m benchmarks

lock: setup-dev ## work out requirements*.txt from requirements*.in (UPGRADE=1: newest versions)
	@.ci/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## delete caches and pictures of failed tests; data and .venv stay
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache shots target logs test-results
	@find $(wildcard crm_core pages tests benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +
