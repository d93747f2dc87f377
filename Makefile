# Two commands do everything: `make run` and `make test`. Both need Python and make; Python's own pip installs the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= rutte_2032
RUN ?= runs/$(basename $(notdir $(SCENARIO)))

# One environment, in two steps: what running takes, and on top of it what tests, verification and pages take.
RUNNING := $(VENV)/.running
TESTING := $(VENV)/.testing
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-compile --require-hashes
# --no-compile: what is imported is compiled when it is, the rest would take 100 MB and as long as the download.

.PHONY: run test lint types tests fresh verify docs site track-record sipri-hindcast forecast bench lock clean

run: $(RUNNING)  ## run the main scenario, print its table, save the run
	$(BIN)/sim run $(SCENARIO) --out $(RUN)

test: lint types tests  ## everything that must pass

lint: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TESTING)
	$(BIN)/mypy
	$(BIN)/python tools/type_baseline.py

# worksteal: the longest files hold many tests, which a worker that has run out takes over from another.
tests: $(TESTING)  ## all of them, or some: make tests TESTS=tests/cli
	$(BIN)/pytest -n auto --dist worksteal $(TESTS)

fresh:  ## both commands of the README on a bare machine, from a clone of what is committed (minutes; tests/fresh)
	$(PYTHON) tests/fresh/report.py $(COMMANDS)

verify: $(TESTING)  ## the long verifications whose code has changed, then docs/verification.md (hours; goes on after an interruption)
	$(BIN)/pytest -n auto -m slow
	$(BIN)/python tests/verification/verify.py $(PARTS)

docs: $(TESTING)  ## rewrite the generated parts of the pages
	$(BIN)/python -m sim.scenario.reference --write docs/scenario-format.md
	$(BIN)/python tools/parameters.py
	$(BIN)/python tools/examples.py
	$(BIN)/python tools/figures.py
	$(BIN)/python tools/moved.py
	$(BIN)/python tools/commands.py

site: $(TESTING)  ## build the documentation site in build/site; a warning is an error
	$(BIN)/python -m sphinx -q -W --keep-going -n -b html docs build/site
	@echo "build/site/index.html"

track-record: $(TESTING)  ## estimate at every cutoff, then write docs/track-record.md (long; goes on after an interruption)
	$(BIN)/sim calibrate --every --work runs/calibration --out sim/evaluation/backtest/estimates.toml
	$(BIN)/python tools/track_record.py

sipri-hindcast: $(TESTING)  ## write docs/sipri-hindcast.md, the test on SIPRI's shares of 2000 to 2018: once (minutes)
	$(BIN)/python tools/sipri_hindcast.py

forecast: $(RUNNING)  ## freeze the forecast of a month: make forecast MONTH=2026-11
	$(BIN)/sim freeze scenarios/rutte_2032.toml scenarios/hague_2035.toml --date $(MONTH) --out forecasts/$(MONTH).json

bench: $(TESTING)  ## benchmarks: ratios inside one run
	$(BIN)/python benchmarks/table.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/pytest benchmarks --benchmark-only -p no:xdist

lock:  ## renew both lock files (needs uv); make lock UPGRADE=--upgrade takes the newest of everything
	$(LOCK) $(UPGRADE) --extra dev pyproject.toml -o requirements-dev.lock
	$(LOCK) $(UPGRADE) --extra excel -c requirements-dev.lock pyproject.toml -o requirements.lock

LOCK := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group build

$(RUNNING): requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'burdenshare needs Python 3.11 or later; call make PYTHON=python3.12')"
	@echo "Installing into $(VENV) what running needs: once, some 490 MB"
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.lock
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(TESTING): requirements-dev.lock $(RUNNING)
	@echo "Installing into $(VENV) what the tests take: once, some 900 MB more"
	$(PIP) -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
