# make demo | run | test | bench | chaos | mutation | interop | install — see README.md
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A venv of its own: what it needs is no part of the product.
AUDIT := $(VENV)/audit
RIVALS := .venv-bench
PIP_AUDIT := 2.10.1
INTEROP := .venv-interop

.PHONY: install demo run test bench chaos mutation audit interop lock assets clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: install
	$(BIN)/semaforo demo

run: install
	$(BIN)/semaforo run

test: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# What people would use instead, in a venv of its own. One benchmark, or rougher figures in two minutes:
# make bench ARGS="matching plan", make bench ARGS=--quick
bench: install $(RIVALS)/.installed
	$(BIN)/python -m bench $(ARGS)

$(RIVALS)/.installed: bench/requirements.lock
	@test -x $(RIVALS)/bin/python || $(PYTHON) -m venv $(RIVALS)
	@$(RIVALS)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r bench/requirements.lock \
		&& touch $@ || echo "The rivals cannot be installed here; their lines will say so."

# Storms on real processes, at full size: about ten minutes. `make chaos ONLY=storm` runs one.
chaos: install
	CHAOS_EXAMPLES=500 $(BIN)/pytest -n 0 --timeout 900 tests/chaos
	$(BIN)/python -m tests.chaos $(ONLY)

# Changes the code in hundreds of small ways and looks whether a test fails: hours. In a venv and a copy of its own.
mutation:
	test -x .venv-mutation/bin/mutmut || { $(PYTHON) -m venv .venv-mutation && .venv-mutation/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock && .venv-mutation/bin/python -m pip install --quiet mutmut==3.8.1; }
	nice -n 19 .venv-mutation/bin/mutmut run --max-children 1
	.venv-mutation/bin/mutmut results

# Error 1: a package is affected. Error 2: the advisory service could not be asked about all of them.
audit: install
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip install --disable-pip-version-check --quiet pip-audit==$(PIP_AUDIT); } || { echo "pip-audit cannot be installed: is there a network?"; exit 2; }
	@$(BIN)/python deploy/audit.py $(AUDIT)/bin/pip-audit

# Clients written by others against the simulator, in a venv and an npm folder of their own; needs node and a network once.
interop: install $(INTEROP)/.installed
	$(BIN)/python -m tests.interop

$(INTEROP)/.installed: tests/interop/requirements.txt
	@test -x $(INTEROP)/bin/python || $(PYTHON) -m venv $(INTEROP)
	$(INTEROP)/bin/python -m pip install --disable-pip-version-check --quiet -r tests/interop/requirements.txt
	npm install --silent --no-audit --no-fund --prefix $(INTEROP)/npm freshdesk-api@3.1.0
	@touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header bench/requirements.in -o bench/requirements.lock

# The editor of the rules pages in one file, which the repository holds: only a new release of it asks for this.
assets:
	cd assets && npm ci --ignore-scripts && npm run build

clean:
	rm -rf $(VENV) $(RIVALS) .venv-mutation $(INTEROP) mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
