PYTHON ?= python3
# The address of PyTorch's CPU builds, where pip would bring CUDA (see README).
TORCH_INDEX ?=
BIN = .venv/bin
INDEX = .index/sample
PORT ?= 8000
OUT = .bench
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock

.PHONY: install serve test lint format bench bench-full bench-tiny

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

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What was measured is kept in $(OUT)/raw, and $(OUT)/report.md is written from that alone.
measure = $(BIN)/python -m benchmarks.data $(OUT)/$(1) $(2) \
	&& $(BIN)/python -m benchmarks.run $(OUT)/$(1) $(3) \
	&& $(BIN)/python -m benchmarks.referee $(OUT)/$(1) \
	&& $(BIN)/python -m benchmarks.report $(OUT)/$(1)

# This engine and the plain baseline, a few minutes.
bench: install
	$(PIP) matplotlib
	$(call measure,quick,,--rounds 3)

# The peers as well; they are installed first.
bench-full: install
	$(PIP) --editable '.[build,dev,bench]'
	$(call measure,full,,--rounds 3 --contestant all)

# That the whole chain works, in under a minute and with nothing more installed.
bench-tiny: install
	$(call measure,tiny,--texts 12 --therapists 24,--rounds 1)
