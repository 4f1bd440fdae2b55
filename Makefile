# Each target sets up .venv by itself when pyproject.toml or constraints.txt is newer than it.
#   make demo        score bundled cases over HTTP, then train a small policy with the rewards
#   make test        all tests          make test ARGS="tests/cli -k resume"
#   make test-stacks the code of other RL stacks against the service (0.5 GB of packages)
#   make test-ray    a Ray cluster of two nodes, one of which is killed
#   make lint        ruff (rules and format), mypy --strict, dead links in the documentation
#   make bench       speed of the service, then of the trainer  make bench ARGS="--json bench.json"
#   make validity    do the scores agree with people   make validity ARGS="--data DIR --half report"
#   make attack      can the scores be gamed           make attack ARGS="--data DIR"
#   make soak        the service under load and faults, with a report
#   make audit       known vulnerabilities of the pinned packages
#   make sbom        a CycloneDX bill of materials in build/sbom.json
#   make vocabulary  rebuild the embedded vocabulary from its pinned sources
#   make docs        rewrite the generated pages and picture, build the site into site/
#   make clean       remove .venv and caches
# PYTHON=python3.11 picks the interpreter that .venv is made with (3.11 or 3.12).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
EXTRAS ?= dev,trainer
# Where PyTorch comes from, e.g. the index of its CPU builds; empty: where everything else does.
TORCH_INDEX ?=
ARGS ?=
# Of the trainer's half of demo and bench.
TRAIN_ARGS ?=
BIN := .venv/bin
READY := .venv/.ready
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Strict: a dead link or anchor, or a page outside the navigation, fails.
MKDOCS = NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

.PHONY: help setup demo test test-stacks test-ray lint format bench validity attack soak audit sbom vocabulary docs clean

help:
	@sed -n '2,/^# PYTHON/s/^# \{0,3\}//p' Makefile

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@found=; for candidate in "$(PYTHON)" python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
	        >/dev/null 2>&1; then found="$$candidate"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "Python 3.11 or 3.12 is needed; none of $(PYTHON), python3.12, python3.11 is." >&2; \
	    echo "Name another one: make PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	[ -x $(BIN)/python ] || "$$found" -m venv .venv
	$(if $(TORCH_INDEX),$(PIP) --index-url $(TORCH_INDEX) torch)
	$(PIP) -e ".[$(EXTRAS)]"
	@touch $@

demo: $(READY)
	@$(BIN)/python -m reward_service.demo $(ARGS)
	@$(BIN)/python -m trainer.demo $(TRAIN_ARGS)

test: $(READY)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

# Other stacks' packages lie apart: their own requirements would change ours.
STACKS := .stacks/.ready
$(STACKS): tests/stacks-requirements.txt $(READY)
	rm -rf .stacks
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .stacks \
	    -r tests/stacks-requirements.txt
	@touch $@

test-stacks: $(STACKS)
	@PYTHONPATH=$(CURDIR)/.stacks $(BIN)/python -m pytest -m stacks -rs \
	    tests/trainer/stacks/test_stack_packages.py $(ARGS)

test-ray: $(READY)
	$(PIP) -e ".[ray]"
	@$(BIN)/python -m pytest tests/engines -m ray -W ignore -p no:unraisableexception $(ARGS)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(MKDOCS) --site-dir .venv/site

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	@$(BIN)/clinical-reward bench $(ARGS)
	@$(BIN)/python -m trainer.bench $(TRAIN_ARGS)

vocabulary: $(READY)
	$(BIN)/python -m reward_service.vocabulary.build $(ARGS)

docs: $(READY)
	$(BIN)/python -m reward_service.cli.reference > .venv/cli.md.new
	@mv .venv/cli.md.new docs/cli.md
	$(BIN)/python -m trainer.cli.reference > .venv/crpo-cli.md.new
	@mv .venv/crpo-cli.md.new docs/crpo-cli.md
	$(BIN)/python -m reward_service.server.reference > .venv/openapi.json.new
	@mv .venv/openapi.json.new docs/reference/openapi.json
	$(BIN)/python -m reward_service.cli.picture > .venv/explain.svg.new
	@mv .venv/explain.svg.new docs/images/explain.svg
	$(MKDOCS) --site-dir site
	@echo "site/index.html"

# Tools in an environment of their own, so that the bill of materials lists the product alone.
TOOLS := .venv/tools
$(TOOLS)/.ready: constraints.txt $(READY)
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	    pip-audit cyclonedx-bom
	@touch $@

audit: $(TOOLS)/.ready
	$(TOOLS)/bin/pip-audit -r constraints.txt --no-deps --disable-pip --strict

sbom: $(TOOLS)/.ready
	@mkdir -p build
	$(TOOLS)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml \
	    --output-reproducible --of JSON -o build/sbom.json
	@echo build/sbom.json

validity: $(READY)
	@$(BIN)/clinical-reward validate $(ARGS)

attack: $(READY)
	@$(BIN)/clinical-reward attack $(ARGS)

soak: $(READY)
	@$(BIN)/clinical-reward soak $(ARGS)

clean:
	rm -rf .venv .stacks site .pytest_cache .mypy_cache .ruff_cache .hypothesis
