# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SCENARIO ?= scenarios/rutte_2032.toml
RUN ?= runs/$(basename $(notdir $(SCENARIO)))

.PHONY: run test lint types tests verify docs site track-record forecast bench lock clean

run: $(INSTALLED)  ## run the main scenario, print its table, save the run
	$(BIN)/sim run $(SCENARIO) --out $(RUN)

test: lint types tests  ## everything that must pass

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

tests: $(INSTALLED)
	$(BIN)/pytest -n auto

verify: $(INSTALLED)  ## the long proofs whose code has changed, then docs/verification.md (hours; goes on after an interruption)
	$(BIN)/pytest -n auto -m slow
	$(BIN)/python tests/verify.py $(PROOFS)

docs: $(INSTALLED)  ## rewrite the generated parts of the pages
	$(BIN)/python -m sim.scenario.reference --write docs/scenario-format.md
	$(BIN)/python docs/figures.py
	$(BIN)/python docs/commands.py

site: $(INSTALLED)  ## build the documentation site in build/site; a warning is an error
	$(BIN)/python -m sphinx -q -W --keep-going -n -b html docs build/site
	@echo "build/site/index.html"

track-record: $(INSTALLED)  ## estimate at every cutoff, then write docs/track-record.md (long; goes on after an interruption)
	$(BIN)/sim calibrate --every --work runs/calibration --out sim/backtest/estimates.toml
	$(BIN)/python docs/track_record.py

forecast: $(INSTALLED)  ## freeze the forecast of a month: make forecast MONTH=2026-11
	$(BIN)/sim freeze scenarios/rutte_2032.toml scenarios/hague_2035.toml --date $(MONTH) --out forecasts/$(MONTH).json

bench: $(INSTALLED)  ## benchmarks: ratios inside one run
	$(BIN)/python benchmarks/table.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/pytest benchmarks --benchmark-only -p no:xdist

lock:  ## renew the lock file (needs uv)
	uv pip compile --universal --generate-hashes --extra dev --python-version 3.11 -q pyproject.toml -o requirements.lock

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'burdenshare needs Python 3.11 or later; call make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
