# gupproof: `make prove` and `make test` are all a newcomer needs; each makes its own virtual environment.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS   ?= 2
CHANGES ?= 1
FUZZ   ?= 2000

# Pages twice and four times the smallest compound one, for all theorems; what docs/conf.py tells of. Under lkmm the largest takes long.
TWICE      := --config ORDER=2
FOUR_TIMES := --config ORDER=3 --model sc --model x86-tso --model armv8

.PHONY: help prove sizes barriers sensitivity test fuzz mutants lowering docs lint format bench bench-litmus bench-barriers clean
.DEFAULT_GOAL := help

help:  ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

prove: $(VENV)/.installed  ## prove everything in proofs/ and print the table
	$(BIN)/gupproof prove

test: lint  ## format, lint and type checks, import contracts, then the tests
	$(BIN)/pytest -n $(JOBS) --dist worksteal

fuzz: $(VENV)/.installed-dev  ## the random tests for longer: FUZZ programs and models each
	GUPPROOF_FUZZ=$(FUZZ) $(BIN)/pytest -n $(JOBS) --dist worksteal tests/encoding tests/relations tests/proving/test_random_litmus.py \
	  tests/proving/test_random_slots.py tests/placing/test_random_placements.py tests/placing/test_random_worths.py \
	  tests/test_against_machines.py tests/meaning

mutants: $(VENV)/.installed-dev  ## puts faults into copies of the engine, one at a time: the tests have to see each; ONLY=words
	$(BIN)/python -m tests.mutants --jobs $(JOBS) $(ONLY)

docs: $(VENV)/.installed-docs  ## the website, in build/docs, from fresh records; CHANGES=0 leaves out which lines proofs rest on
	$(BIN)/gupproof prove --records build/records
	$(BIN)/gupproof prove --records build/records $(TWICE)
	$(BIN)/gupproof prove --records build/records $(FOUR_TIMES)
	$(BIN)/gupproof barriers --jobs $(JOBS) --records build/records
ifneq ($(CHANGES),0)  # 1 of sensitivity: something rests on nothing, and its page says so
	$(BIN)/gupproof sensitivity --jobs $(JOBS) --records build/records || [ $$? -eq 1 ]
endif
	$(BIN)/sphinx-build -W --keep-going -n -j $(JOBS) -D gupproof_changes=$(CHANGES) -d build/doctrees -b html docs build/docs --quiet
	@echo "open build/docs/index.html"

sizes: $(VENV)/.installed  ## prove everything again, of larger pages
	$(BIN)/gupproof prove $(TWICE)
	$(BIN)/gupproof prove $(FOUR_TIMES)

barriers: $(VENV)/.installed  ## where barriers have to be, for every theorem that asks
	$(BIN)/gupproof barriers --jobs $(JOBS) --records build/records

sensitivity: $(VENV)/.installed  ## the lines of the text that each proof rests on
	$(BIN)/gupproof sensitivity --jobs $(JOBS) --records build/records

lowering: $(VENV)/.installed  ## check the target tables: what the kernel promises, and what instructions do
	$(BIN)/gupproof lowering --jobs $(JOBS)

lint: $(VENV)/.installed-dev  ## the checks without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the sources in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed  ## time every theorem, nothing taken from the cache
	$(BIN)/python benchmarks/theorems.py
	$(BIN)/python benchmarks/counters.py

bench-litmus: $(VENV)/.installed  ## time litmus tests and families of them; HERD=path measures herd7 beside
	$(BIN)/python benchmarks/litmus.py $(if $(HERD),--herd $(HERD))

bench-barriers: $(VENV)/.installed  ## time the search for placements beside trying every one, and large questions
	$(BIN)/python benchmarks/placements.py

clean:  ## remove the virtual environment and whatever was built
	rm -rf $(VENV) build dist docs/generated .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .gupproof
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a second run installs nothing. The install is editable, so that editing spec/ and proofs/ needs no new one;
# pip 25.1 is the first to know dependency groups.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "gupproof needs Python 3.11 or newer as '$(PYTHON)'; another one is named by: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install 'pip>=25.1'
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-docs: $(VENV)/.installed
	$(PIP) install --group docs
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --group dev
	@touch $@
