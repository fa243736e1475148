# Needs make and Python 3.11 or later; .ci/setup does the rest, in .venv, when something changed.
# `make test PYTHON=python3.13` chooses the interpreter; otherwise the first suitable one is taken.
PYTHON ?=
WORKERS ?= 2

# Rooms whose branches are covered whole. One list; `make check` reports on each.
COVERED_ROOMS := domain gate sources

# Each prints its figures and fails when a limit of benchmarks/README.md is missed.
BENCHMARKS := start deciding again transports live memory

# What `evalgate compare zeroshot fewshot` must answer.
DEMO_EXIT ?= 0
DEMO_VERDICT ?= verdict: passed, with warnings (exit 0)

# A child interpreter that may keep no bytecode compiles MLflow anew, every time.
unexport PYTHONDONTWRITEBYTECODE

comma := ,
BIN := .venv/bin
step = @printf '\n== %s\n' '$(1)'

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench docs pictures templates format lock clean

help:
	@echo "make demo       compare two recorded candidates and show the verdict"
	@echo "make test       every test that is not slow"
	@echo "make check      lint, format, types, layers, workflows, every test, coverage: what CI runs"
	@echo "make bench      measure speed and memory, one script after the other; takes many minutes"
	@echo "make docs       write docs/commands.md anew from what --help says"
	@echo "make pictures   draw docs/pictures anew from a run of the workflows (needs Chromium)"
	@echo "make templates  write what evalgate init --github hands out anew from .github/workflows"
	@echo "make format     let ruff format and mend what it can"
	@echo "make lock       write uv.lock and requirements/dev.txt anew (needs uv)"
	@echo "make clean      remove .venv and the caches"

setup:
	@PYTHON='$(PYTHON)' .ci/setup

demo: setup
	@.ci/demo '$(DEMO_EXIT)' '$(DEMO_VERDICT)'

test: setup
	$(BIN)/pytest -q -n $(WORKERS) -m "not slow"

check: setup
	$(call step,ruff check)
	@$(BIN)/ruff check
	$(call step,ruff format --check)
	@$(BIN)/ruff format --check
	$(call step,mypy --strict)
	@$(BIN)/mypy
	$(call step,import-linter)
	@$(BIN)/lint-imports
	$(call step,workflows and action.yml: six linters)
	@.ci/workflows
	$(call step,pytest$(comma) with the checks of docs and README)
	@$(BIN)/pytest -q -n $(WORKERS) --cov --cov-report=
	@for room in $(COVERED_ROOMS); do \
		printf '\n== coverage: 100 %% of the branches of evalgate.%s\n' "$$room"; \
		$(BIN)/coverage report --include="*/evalgate/$$room/*" --show-missing --skip-covered --fail-under=100 || exit 1; \
	done

# Not part of check: figures want a machine with nothing else to do. Each script says what it measures.
bench: setup
	@missed=0; for script in $(BENCHMARKS); do \
		printf '\n== benchmarks/%s.py: ' "$$script"; \
		sed -n '1s/"""//gp' benchmarks/$$script.py; \
		$(BIN)/python benchmarks/$$script.py || missed=1; \
	done; exit $$missed

docs: setup
	$(BIN)/python tests/command_pages.py

pictures: setup
	$(BIN)/python tests/github_pictures.py

templates: setup
	$(BIN)/python tests/workflow_templates.py

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv, and it is not on PATH" >&2; exit 1; }
	uv lock
	uv export --frozen --no-emit-project --no-annotate --format requirements-txt --quiet --output-file requirements/dev.txt

clean:
	rm -rf .venv .ci/lint/node_modules .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
