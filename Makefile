# One place for every command. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
COMPILE := uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
LOCK := $(COMPILE) pyproject.toml

.PHONY: help run test check browser fix lock clean

help:  ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "Otkel needs Python 3.11, 3.12 or 3.13; name one with make PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "python3 has no venv module: install it (Debian: apt install python3-venv)" >&2; rm -rf .venv; exit 1; }
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/run  ## start the service on this machine and print its address
	@$(BIN)/otkel up

test: check  ## everything CI runs: style, types, import contracts, migrations, all tests
	$(BIN)/python -m pytest -n auto --dist worksteal

check: .venv/dev  ## style, types and import contracts only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/browser: .venv/dev requirements-browser.txt
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-browser.txt
	@touch $@

browser: .venv/browser  ## officials at the console in a real browser (needs Chromium on PATH)
	$(BIN)/python -m tests.browser --photographs var/photographs

fix: .venv/dev  ## format and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:  ## write the hashed requirements anew (needs uv)
	$(LOCK) --group build -o requirements.txt
	$(LOCK) --group build --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group browser -c requirements-dev.txt -o requirements-browser.txt

clean:  ## remove the environment and what the tools left behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
