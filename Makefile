PYTHON ?= python3
# The address of PyTorch's CPU builds, where pip would bring CUDA (see README).
TORCH_INDEX ?=
BIN = .venv/bin
INDEX = .index/sample
PORT ?= 8000

.PHONY: install serve test lint format

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
