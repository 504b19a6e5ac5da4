# Everything that a person types. `make` alone lists it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# The suite commits thousands of times and proves nothing about disks: its files are kept in memory where 4 GB are free.
export PYTEST_DEBUG_TEMPROOT ?= $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print $$6 }')
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: help
help: ## List what can be made
	@echo "make TARGET [VAR=value ...]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables: ONCE=1 (demo), ARGS='...' (demo, test, faults, bench), PYTHON=python3.13, VENV=.venv, WORKERS=2 (test)"

.PHONY: setup
setup: $(VENV)/.installed ## Make .venv with what runs, and the chevalement command in it

.PHONY: setup-dev
setup-dev: $(VENV)/.installed-dev ## The same, with the tools and the tests

.PHONY: demo
demo: setup ## The whole journey of eight candidacies, then the site at 127.0.0.1:8000 (ONCE=1: stop after)
	@$(BIN)/chevalement demo $(if $(filter-out 0,$(ONCE)),--once --json) $(ARGS)

.PHONY: test
test: setup-dev ## Run the whole suite (ARGS="tests/domain -k deadline" for a part)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: lint docs-check test ## What CI runs: lint, generated pages, every test (migrations are tests too)

.PHONY: lint
lint: setup-dev ## Style, types and boundaries, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ." >&2; exit 1; }
	$(BIN)/mypy
	PYTHONPATH=services $(BIN)/lint-imports --no-logo --cache-dir var/cache/import-linter

.PHONY: bench
bench: setup-dev ## Measure the pipeline on both databases: medians and ratios of one run
	$(BIN)/chevalement bench $(ARGS)

.PHONY: faults
faults: setup-dev ## Drive the faults: killed broker, killed services, shuffled and doubled events
	CHEVALEMENT_DOSE=large CHEVALEMENT_EXAMPLES=300 $(BIN)/pytest tests/faults tests/runtime tests/handlers \
		-k "faults or killed or relay or away or converge or convergence" $(ARGS)

.PHONY: docs
docs: setup ## Write the generated pages: docs/events.md and docs/asyncapi.json
	$(BIN)/chevalement docs

.PHONY: docs-check
docs-check: setup ## Fail when a generated page is not what the code says
	$(BIN)/chevalement docs --check

.PHONY: lock
lock: ## Pin the dependencies again (ARGS=--upgrade for the newest)
	PYTHON=$(PYTHON) deploy/lock $(ARGS)

.PHONY: clean
clean: ## Remove .venv and caches; the data in var/ stays
	rm -rf $(VENV) build services/*.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis var/cache
	find services tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is younger than what it was made from, or it is made again.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(None if sys.version_info >= (3, 11) \
		else f"Python 3.11 or newer is needed, $(PYTHON) is {v}: make PYTHON=python3.13")'
	@$(PYTHON) -m venv $(VENV) || { echo "on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# The second lock contains the first with the same pins: both stamps are true then.
$(VENV)/.installed-dev: $(VENV)/.made requirements-dev.lock pyproject.toml
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $(VENV)/.installed $@
