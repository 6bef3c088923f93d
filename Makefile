# policy-events: what a newcomer types. `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Test processes at a time, each with servers of its own: most tests wait more than they work.
WORKERS ?= 3
# They start hundreds of processes of ours: what one has compiled, the next only reads.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test soak lint format lock clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED) ## make .venv with everything, each package checked against its hash

$(INSTALLED): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "policy-events needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

demo: install ## play the record of March 2025 through the pipeline and print the answer
	$(BIN)/policy-events demo

test: install ## run all tests on a real broker and the real engine
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: install ## run the long tests with their full counts, and the long benchmark
	POLICY_EVENTS_SOAK=1 $(BIN)/python -m pytest -m soak
	POLICY_EVENTS_SOAK=1 $(BIN)/python -m pytest tests/streams/host/test_app.py -k killed
	$(BIN)/policy-events bench join --full

lint: install ## ruff, mypy --strict, sqlfluff; no warnings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/policy-events schemas check
	$(BIN)/sqlfluff lint --disable-progress-bar sinks

format: install ## let ruff and sqlfluff format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix --disable-progress-bar sinks

LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet
lock: ## renew the locks (add UPGRADE=--upgrade for newer versions)
	$(LOCK) $(UPGRADE) --all-extras --output-file requirements/dev.lock
	$(LOCK) --extra embedded --extra rocksdb --constraint requirements/dev.lock --output-file requirements/run.lock

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
