# Every target does its own set-up; `make help` lists them all.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

# The first of these that exists makes the virtual environment (3.11 to 3.13).
PYTHON ?= $(firstword $(foreach v,3.13 3.12 3.11,$(if $(shell python$(v) -c 'import sqlite3' 2>/dev/null && echo yes),python$(v))) python3)
VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= permitted
# `make bench ENGINES=1` measures on Kafka, PostgreSQL and Elasticsearch, too.
ENGINES ?=
ARGS ?=

export PYTHONDONTWRITEBYTECODE ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help
help: ## List every target
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- setting up --------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Harken needs Python 3.11 to 3.13, this is {v.major}.{v.minor}; name one with make PYTHON=python3.12")'
	@echo "Setting up $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Harken runs on (a minute or two, once)"
	@$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the checks and tests need (a minute or two, once)"
	@$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

.PHONY: setup
setup: $(VENV)/.dev ## Install everything for development
	@$(BIN)/pre-commit install >/dev/null 2>&1 || true

# ---- running -----------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.run ## Serve Harken: one process, one data folder
	@HARKEN_PRIVATE_ADDRESSES=$${HARKEN_PRIVATE_ADDRESSES:-true} \
	  HARKEN_LOG_FORMAT=$${HARKEN_LOG_FORMAT:-console} HARKEN_LOG_LEVEL=$${HARKEN_LOG_LEVEL:-warning} $(BIN)/harken up $(ARGS)

.PHONY: demo
demo: $(VENV)/.run ## Watch some 300 mentions in five languages go the whole way
	@$(BIN)/harken demo $(ARGS)

# ---- checking ----------------------------------------------------------------------------------

.PHONY: check
check: $(VENV)/.dev ## Lint, types, layers, generated code and documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python proto/generate.py --check
	@$(BIN)/python -m cli.documents --check

.PHONY: format
format: $(VENV)/.dev ## Format the code and sort its imports
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: test
test: $(VENV)/.dev ## Run every test; those of the real engines where these can be started
	@$(BIN)/python -m deploy.local up --for-tests || [ "$${HARKEN_REQUIRE_ENGINES:-}" != 1 ]
	@$(BIN)/python -m $(if $(ARGS),pytest $(ARGS),tests)

.PHONY: test-recipe
test-recipe: $(VENV)-training/.ready $(VENV)/.dev ## Run the tests of the tone model's recipe too (installs PyTorch)
	@PYTHONPATH="$$($(VENV)-training/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
	  $(BIN)/python -m pytest tests/unit/sentiment_tone $(ARGS)

.PHONY: stack-up
stack-up: $(VENV)/.run ## Start Kafka, PostgreSQL and Elasticsearch on loopback
	@$(BIN)/python -m deploy.local up

.PHONY: serve
serve: $(VENV)/.dev ## Serve the distributed edition on them: one process of each of its parts
	@$(BIN)/python -m deploy.local serve

.PHONY: stack-down
stack-down: $(VENV)/.run ## Stop them; what they hold stays
	@$(BIN)/python -m deploy.local down

.PHONY: chaos
chaos: $(VENV)/.dev ## Kill services and engines under 20,000 mentions; count what became of them
	@$(BIN)/python -m deploy.local up $(ENGINES)
	@$(BIN)/python -m tests.chaos.distributed $(ARGS)

.PHONY: bench
bench: $(VENV)/.dev ## Measure the pipeline and the model on this machine
	@$(BIN)/python -m tests.load.bench $(ARGS)
	@$(BIN)/python -m tests.load.enrichment
	@if [ -n "$(ENGINES)" ]; then $(BIN)/python -m deploy.local up && $(BIN)/python -m tests.load.bench_engines $(ARGS); fi
	@if [ -e $(VENV)-training/.ready ]; then $(MAKE) bench-tone ARGS=; else \
	  echo; echo "NOT MEASURED: the model against transformers.pipeline. It needs PyTorch (several"; \
	  echo "gigabytes), which \`make bench-tone\` installs once and then measures."; fi

.PHONY: bench-trackers
bench-trackers: $(VENV)/.dev ## Measure what matching thousands of trackers costs
	@$(BIN)/python -m tests.load.bench_trackers $(ARGS)

.PHONY: bench-tone
bench-tone: $(VENV)-training/.ready ## Measure the model against transformers.pipeline (installs PyTorch)
	@$(VENV)-training/bin/python -m models.recipe speed $(ARGS)

# ---- making ------------------------------------------------------------------------------------

.PHONY: proto
proto: $(VENV)/.dev ## Generate harken/events/v1 from proto/
	@$(BIN)/python proto/generate.py

.PHONY: revision
revision: $(VENV)/.dev ## Draft a revision for PostgreSQL's tables (MESSAGE="Add ...")
	@$(BIN)/python -m deploy.local up postgres
	@$(BIN)/python -m deploy.local.revision "$(MESSAGE)"
	@$(BIN)/ruff format -q harken/store/postgres/migrations

.PHONY: documents
documents: $(VENV)/.dev ## Generate the tables in docs/ and the OpenAPI document
	@$(BIN)/python -m cli.documents

.PHONY: lock
lock: $(VENV)/.dev ## Pin every dependency anew, with hashes
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --extra embedded \
	  --extra build -o requirements/run.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --extra embedded \
	  --extra distributed --extra build -c requirements/run.txt -o requirements/image.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --extra dev \
	  --extra build -c requirements/image.txt -o requirements/dev.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --extra training \
	  --extra build -o requirements/training.txt

$(VENV)-training/.ready: requirements/training.txt
	@echo "Installing what training needs (several gigabytes, once)"
	@$(PYTHON) -m venv $(VENV)-training
	@$(VENV)-training/bin/python -m pip install -q --no-deps --require-hashes -r requirements/training.txt
	@touch $@

.PHONY: model-train
model-train: $(VENV)-training/.ready ## Train the tone model (DATA=permitted or all; HARKEN_DATA=folder)
	@$(VENV)-training/bin/python -m models.recipe train --data $(DATA) $(ARGS)

.PHONY: language-train
language-train: $(VENV)/.dev ## Make and measure the language table (HARKEN_DATA=folder)
	@$(BIN)/python -m models.languages train $(ARGS)

.PHONY: model-eval
model-eval: $(VENV)-training/.ready ## Score the tone model against its floors
	@$(VENV)-training/bin/python -m models.recipe evaluate $(ARGS)

.PHONY: clean
clean: ## Remove environments and caches (never the data folder)
	@rm -rf $(VENV) $(VENV)-training .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
