PYTHON ?= python3
# The address of PyTorch's CPU builds, where pip would bring CUDA (see README).
TORCH_INDEX ?=
BIN = .venv/bin
INDEX = .index/sample
PORT ?= 8000
OUT = .bench
CASES ?= 150
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock

.PHONY: install serve test contract lint format bench bench-quality bench-safety bench-publishing bench-overload bench-full bench-tiny

install: .venv/installed

.venv/installed: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch==$$(sed -n 's/^torch==//p' requirements.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[build,dev]'
	touch $@

serve: install
	$(BIN)/matcher build data/directory.jsonl --index $(INDEX) --encoder all-MiniLM-L6-v2 --max-loss 100
	$(BIN)/matcher serve --index $(INDEX) --port $(PORT) --notice "This is the sample directory: every therapist in it is fictional."

test: install
	$(BIN)/python -m pytest

# The API attacked by its own description, with thousands of cases: half an hour.
contract: install
	CONTRACT_CASES=$(CASES) $(BIN)/python -m pytest -s tests/service/test_contract.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What was measured is kept in $(OUT)/*/raw, and report.md beside it is written from that alone.
stage = $(BIN)/python -m benchmarks

# This engine and the plain baseline, and how well it matches: a quarter of an hour.
bench: install
	$(PIP) matplotlib
	$(stage).data $(OUT)/quick
	$(stage).run $(OUT)/quick
	$(stage).referee $(OUT)/quick
	$(stage).profile $(OUT)/quick
	$(stage).quality $(OUT)/quick
	$(stage).safety $(OUT)/quick
	$(stage).report $(OUT)/quick

# What the safety notice hears and misses: two minutes.
bench-safety: install
	$(stage).safety $(OUT)/safety
	$(stage).report $(OUT)/safety

# How well it matches, on every judged set: some ten minutes.
bench-quality: install
	$(stage).quality $(OUT)/quality
	$(stage).report $(OUT)/quality

# What clients notice of twenty versions published under load: some five minutes.
bench-publishing: install
	$(stage).data $(OUT)/publishing
	$(stage).publishing $(OUT)/publishing
	$(stage).report $(OUT)/publishing

# What is answered when more ask than can be served: some five minutes.
bench-overload: install
	$(stage).data $(OUT)/overload
	$(stage).overload $(OUT)/overload
	$(stage).report $(OUT)/overload

# The peers as well, which are installed first; then scale, quality, throughput, smaller encoders.
# About an hour; wrk, which makes the load, comes with the system (apt-get install wrk).
bench-full: install
	$(PIP) --editable '.[build,dev,bench]'
	$(stage).data $(OUT)/full
	$(stage).run $(OUT)/full --contestant all
	$(stage).referee $(OUT)/full
	$(stage).profile $(OUT)/full
	$(stage).fidelity $(OUT)/full
	$(stage).quality $(OUT)/full
	$(stage).safety $(OUT)/full
	$(stage).load $(OUT)/full
	$(stage).publishing $(OUT)/full
	$(stage).overload $(OUT)/full
	$(stage).scale $(OUT)/full
	$(stage).engines $(OUT)/full
	$(stage).smaller $(OUT)/full
	$(stage).report $(OUT)/full

# That the whole chain works, in a minute and with nothing more installed.
bench-tiny: install
	$(stage).data $(OUT)/tiny --texts 12 --therapists 24
	$(stage).run $(OUT)/tiny --rounds 1
	$(stage).referee $(OUT)/tiny
	$(stage).profile $(OUT)/tiny --rounds 1
	$(stage).scale $(OUT)/tiny --therapists 2500 --texts 12 --rounds 1
	$(stage).engines $(OUT)/tiny --therapists 300 --texts 4 --rounds 1
	$(stage).report $(OUT)/tiny
