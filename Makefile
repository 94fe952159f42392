# `make verify` runs the main job, `make test` the test suite; both build their own .venv first.
# Only Python 3.11+, make and a package index are needed.  `make thorough` adds the slow tests, `make real` installs
# torch and optax and runs the claims against their optimizers.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# One thread per process: the problems are small, and test workers share the cores.
export OPENBLAS_NUM_THREADS ?= 1
# Many tests start a process; without kept bytecode each compiles the package, and pytest rewrites hypothesis, again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: verify test real real-all thorough night false-alarms lint types docs wheel packaged matrix lowest mutants checker checker-mutants formal formal-mutants coq benchmarks clean

verify: $(VENV)/installed
	$(BIN)/marginproof verify --profile quick

test: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not real"

real: $(VENV)/real
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "real and not slow"

# The optimizers of other packages, in an environment of their own, against benchmarks/other_packages.json (ten minutes).
real-all: $(VENV)-real-all/installed
	KERAS_BACKEND=torch $(VENV)-real-all/bin/python -W ignore -m benchmarks.other_packages

thorough: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 --dist worksteal

# A thousand examples a check on each correct optimizer, with progress; interrupted, the same command goes on.
CORRECT := reference:PlainGD reference:PlainSignum reference:PlainAdam reference:PlainCorrectedAdam reference:PlainAdamProxy \
	engine_subjects:Signum engine_subjects:Adam engine_subjects:UnbiasedAdam engine_subjects:AdamProxy
night: $(VENV)/installed
	@mkdir -p .hypothesis
	@set -e; for name in $(CORRECT); do $(BIN)/python -m pytest --marginproof-optimizer marginproof.properties.conformance.$$name \
	  --hypothesis-profile mp-thorough --marginproof-resume .hypothesis/night-$${name#*:}-$${name%%:*}.json; done

# Twenty seeded full runs of every check on every law's correct optimizer, float64 and float32 (an hour and a half); interrupted, the same
# command goes on.
false-alarms: $(VENV)/installed
	$(BIN)/python -m tests.meta.false_alarms

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed
	$(BIN)/mypy

docs: $(VENV)/installed
	$(BIN)/sphinx-build -W --keep-going -q -a -b html docs site
	@echo "open site/index.html"

# The sdist, and the wheel built from it, in dist/.
wheel: $(VENV)/installed
	$(BIN)/python -m build

# Builds both, installs the wheel outside this folder beside other people's packages, and runs it there.
packaged: $(VENV)/installed
	$(BIN)/python -m pytest tests/test_installed.py

# The quick tests on each Python 3.11 to 3.13 that this machine has, and with the lowest versions declared.
matrix lowest:
	.ci/versions $@

mutants: $(VENV)/installed
	$(BIN)/marginproof mutants

# The checker of certificates as one file: python -I -S build/checker.pyz CERT...
checker: $(VENV)/installed
	$(BIN)/python -m marginproof.theory.checker.bundle build/checker.pyz

checker-mutants: $(VENV)/installed
	$(BIN)/python tests/meta/checker_mutants.py

# The bounds for every N and d, by Coq's kernel.  Coq is installed only where this user may do so; without it both
# targets say what to install and exit with 2.
formal: $(VENV)/installed coq
	$(BIN)/python -m marginproof.theory.formal.kernel

formal-mutants: $(VENV)/installed coq
	$(BIN)/python -m marginproof.theory.formal.mutants

coq:
	@command -v coqc >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 240 apt-get install -y -qq --no-install-recommends coq; } >/dev/null \
	  || echo "warning: coq could not be installed" >&2

benchmarks: $(VENV)/installed
	$(BIN)/python -m benchmarks.solver --large

$(VENV)/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer was not found; install it or run make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,docs]'
	@touch $@

$(VENV)/real: $(VENV)/installed .ci/constraints.txt
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --editable '.[torch,optax]'
	@touch $@

$(VENV)-real-all/installed: pyproject.toml .ci/constraints.txt .ci/other-packages.txt
	$(PYTHON) -m venv $(VENV)-real-all
	$(VENV)-real-all/bin/python -m pip install --quiet --constraint .ci/constraints.txt --editable '.[torch,optax]'
	$(VENV)-real-all/bin/python -m pip install --quiet --no-deps --requirement .ci/other-packages.txt
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-real-all build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
