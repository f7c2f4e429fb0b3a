# newslake: every target sets up what it needs. With uv where it is installed, else with venv and pip.

# The first Python that is new enough. Each is run, not only looked up: a version manager leaves names that don't start.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
UV_LOCK := pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate
IMAGE_LOCK := infra/deployment/image.lock

CORES := $(shell getconf _NPROCESSORS_ONLN)
# One process more than there are cores: tests wait for servers and other processes. Tests of one group share a server;
# groups begin in the order of tests/conftest.py, which knows the longest, and not by how many tests each has.
PARALLEL := -n $(shell expr $(CORES) + 1) --dist loadgroup --no-loadscope-reorder

# Tests start hundreds of processes, each of which would compile newslake anew where this forbids to keep the bytecode.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo test check soak format up bench docs screenshots lock sbom clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: $(READY) ## make .venv with everything in it, from requirements.lock

$(READY): requirements.lock pyproject.toml
	@if command -v uv >/dev/null; then \
		echo "Installing newslake into $(VENV) with uv"; \
		{ test -x $(BIN)/python || uv venv --quiet --allow-existing --python "$(or $(PYTHON),3.11)" $(VENV); } && \
		uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	elif test -z "$(PYTHON)"; then \
		echo "newslake needs Python 3.11 or newer, and none is on PATH: install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	else \
		echo "Installing newslake into $(VENV) with $(PYTHON) and pip (a minute or two)"; \
		{ $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || \
			{ echo "$(PYTHON) can't make a virtual environment: install its venv module (Debian: python3-venv), or uv" >&2; exit 1; }; } && \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --requirement requirements.lock && \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --editable .; \
	fi
	@touch $@

demo: $(READY) ## do the main job on the sample captures, into ./lake
	@$(BIN)/newslake demo

test: $(READY) ## run the tests, in parallel (ARGS="-k dates" for some of them)
	@$(BIN)/pytest $(PARALLEL) $(ARGS)

check: $(READY) ## format, lint, types, tests, coverage: what CI runs first
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers $(CORES)
	$(BIN)/pytest $(PARALLEL) --cov

soak: $(READY) ## the long proofs: kills, races, faults, scale, production, browser (ARGS as for test)
	NEWSLAKE_HYPOTHESIS=thorough $(BIN)/pytest $(PARALLEL) -m "soak or hypothesis" tests/soak $$(grep -rl hypothesis tests/unit --include=test_*.py) $(ARGS)

format: $(READY) ## format the code, mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

up: $(READY) ## start the Prefect server and the flows; prints the address of the UI
	@$(BIN)/newslake up

bench: $(READY) ## measure parsing against the bare HTML parser (ARGS=ingest, lake, orchestration, politeness, quality: those)
	@$(BIN)/python -m bench $(ARGS)

docs: $(READY) ## write docs/data-dictionary.md, docs/configuration.md and docs/sources.md from the code
	@$(BIN)/python -m docs.generate.data_dictionary
	@$(BIN)/python -m docs.generate.configuration
	@$(BIN)/python -m docs.generate.sources

screenshots: $(READY) ## take the pictures of README from Prefect's UI anew (needs Chromium)
	@NEWSLAKE_REQUIRE_PROGRAMS=1 NEWSLAKE_SCREENSHOTS=docs/images $(BIN)/pytest -q tests/soak/test_backfill_browser.py

lock: ## resolve requirements.lock and the image's lock anew (ARGS=--upgrade for the newest versions)
	@uv=$$(command -v uv) || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install -qq --disable-pip-version-check uv && \
		uv=build/lock/bin/uv; }; \
	$$uv $(UV_LOCK) --extra dev --output-file requirements.lock pyproject.toml $(ARGS) && \
	$$uv $(UV_LOCK) --extra otel --generate-hashes --constraint requirements.lock --output-file $(IMAGE_LOCK) pyproject.toml

sbom: ## list what the image installs, with licences, in build/sbom.json (CycloneDX)
	@rm -rf build/image build/sbom && $(PYTHON) -m venv --without-pip build/image && $(PYTHON) -m venv build/sbom
	@build/sbom/bin/pip --python build/image/bin/python install -qq --disable-pip-version-check --no-deps \
		--require-hashes --requirement $(IMAGE_LOCK)
	@build/sbom/bin/pip install -qq --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	@build/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file build/sbom.json build/image/bin/python

clean: ## remove .venv and what the tools made; never ./lake
	rm -rf $(VENV) build dist *.egg-info .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis htmlcov
	find flows parsers infra tests -type d -name __pycache__ -prune -exec rm -rf {} +
