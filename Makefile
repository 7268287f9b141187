# Every target shares one virtual environment, made on first use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test test-slow check clean

$(VENV)/.installed: setup.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(VENV)/.installed ## poll the recorded demo feeds three times and leave the dataset in demo-data/
	@$(BIN)/python -m pipelines.demo demo-data

test: $(VENV)/.installed ## the fast suite
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(VENV)/.installed ## the heavy suites that need only PyPI
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.installed ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) demo-data build *.egg-info
