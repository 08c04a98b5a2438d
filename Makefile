.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
TICKETS ?= 100000
MAILS ?= 20000
SECONDS ?= 300
# What needs the machine to itself: browsers, and machines that are several.
APART := tests/browser tests/flow/test_fleet.py

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

$(VENV)/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@python3 -m venv $(VENV) || { rm -rf $(VENV); echo "python3 can't make virtual environments: apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing Dragoman into $(VENV) …"
	@$(PY) -m pip install -q --require-hashes -r requirements.txt
	@$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what tests and checks need …"
	@$(PY) -m pip install -q --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.run  ## a lively desk to try: http://127.0.0.1:8000 (PORT=8123 DATA=/some/folder)
	@$(VENV)/bin/dragoman demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA))

test: $(VENV)/.dev  ## all tests (WORKERS=2); on another PostgreSQL: DRAGOMAN_PG_BIN=/usr/lib/postgresql/15/bin
	@$(PY) -m pytest -n $(or $(WORKERS),2) --dist worksteal $(or $(TESTS),tests $(APART:%=--ignore=%))
	@$(if $(TESTS),:,$(PY) -m pytest -n $(or $(WORKERS),2) --dist worksteal tests/browser)
	@$(if $(TESTS),:,$(PY) -m pytest tests/flow/test_fleet.py)

check: $(VENV)/.dev  ## format, lint, types, layers, migrations, licences and known weaknesses of parts
	@$(VENV)/bin/ruff format --check -q src tests bench lab
	@$(VENV)/bin/ruff check -q src tests bench lab
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo 2>/dev/null || $(VENV)/bin/lint-imports
	@$(PY) -m pytest -q tests/architecture/test_tenancy.py -k agree
	@$(PY) -m pytest -q tests/architecture/test_parts.py
	@$(PY) -m tests.architecture.parts audit

licences: $(VENV)/.dev  ## renew docs/licences.md
	@$(PY) -m tests.architecture.parts licences

bench: $(VENV)/.dev  ## what pages cost as history grows (TICKETS=1000000)
	@$(PY) -m bench.run $(TICKETS)

bench-ingest: $(VENV)/.dev  ## from the mail door to the filed ticket (MAILS=20000)
	@$(PY) -m bench.ingest $(MAILS)

bench-backup: $(VENV)/.dev  ## taking everything out and bringing it back (TICKETS=100000)
	@$(PY) -m bench.backup $(TICKETS)

bench-agents: $(VENV)/.dev  ## fifty agents at once (TICKETS=1000000)
	@$(PY) -m bench.agents $(TICKETS)

bench-chaos: $(VENV)/.dev  ## database, worker and pages killed by turns under mail (SECONDS=300)
	@$(PY) -m bench.chaos $(SECONDS)

bench-clocks: $(VENV)/.dev  ## what clocks cost while tickets are filed, and how soon they are acted upon
	@$(PY) -m bench.clocks

bench-reading: $(VENV)/.dev  ## how well and how fast messages are read
	@$(PY) -m bench.reading

bench-live: $(VENV)/.dev  ## a change, until it is on fifty other screens (TICKETS=100000)
	@$(PY) -m bench.live $(TICKETS)

bench-routing: $(VENV)/.dev  ## what rules and assignment add to a ticket that comes in
	@$(PY) -m bench.routing

bench-api: $(VENV)/.dev  ## tickets opened and read over HTTP (REQUESTS=5000)
	@$(PY) -m bench.api $(or $(REQUESTS),5000)

screens: $(VENV)/.dev  ## take the screens of docs/screens anew (Debian's chromium)
	@$(PY) -m tests.docs.screens

guide: $(VENV)/.dev  ## take the guide's pictures anew (Debian's chromium)
	@$(PY) -m tests.docs.guide

asvs: $(VENV)/.dev  ## renew docs/asvs.md from docs/asvs.yaml
	@$(PY) -m tests.security.asvs

messages: $(VENV)/.dev  ## renew the catalogue of translatable strings
	@$(VENV)/bin/pybabel -q extract -F src/dragoman/locale/babel.cfg -k N_ -k _ --no-location --sort-output -o src/dragoman/locale/messages.pot src/dragoman
	@$(VENV)/bin/pybabel -q update -i src/dragoman/locale/messages.pot -d src/dragoman/locale -D messages --no-fuzzy-matching

lock:  ## resolve dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group build -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## remove what was installed and made
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: help demo test check licences guide screens asvs bench bench-ingest bench-api bench-backup bench-agents bench-chaos bench-clocks bench-reading messages lock clean
