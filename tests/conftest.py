"""Fixtures that several rooms share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.arguments import LEDGER
from tests.engines import ObjectStore
from tests.newsroom import Newsroom
from tests.origin import Origin
from tests.postgres import Cluster, find_binaries
from transforms import s3
from transforms.s3 import S3Path

# What the two must have in common is short in test_ledger.py; all of it takes minutes.
LEDGERS = ("sqlite", pytest.param("postgres", marks=pytest.mark.slow))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked ``ledgers`` once with each kind of ledger."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "ledgers" in marks and "sqlite" not in marks and "ledger_kind" in metafunc.fixturenames:
        metafunc.parametrize("ledger_kind", LEDGERS)


@pytest.fixture
def ledger_kind() -> str:
    """Which database a newsroom's ledger is in; see ``pytest_generate_tests``."""
    return "sqlite"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server, started when the first test asks for it."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    cluster = Cluster(binaries)
    yield cluster
    cluster.stop()


@pytest.fixture
def newsroom(
    tmp_path: Path, ledger_kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """An empty root and a publisher's server on loopback."""
    monkeypatch.delenv(LEDGER, raising=False)
    if ledger_kind == "postgres":
        monkeypatch.setenv(LEDGER, request.getfixturevalue("postgres").database())
    with Origin() as origin:
        yield Newsroom(tmp_path, origin)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of conformance cases and samples, where the environment names one."""
    folder = os.environ.get("KHABAR_SHARED")
    if not folder:
        pytest.skip("KHABAR_SHARED is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """An S3-compatible server, started when the first test asks for it."""
    running = ObjectStore(tmp_path_factory.mktemp("store"))
    yield running
    running.server.kill()


@pytest.fixture
def bucket(store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Path]:
    """An empty prefix; the client is made anew, as each server has its own port."""
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    s3._store.cache_clear()
    yield S3Path(s3.SCHEME, store.BUCKET, tmp_path.name)
    s3._store.cache_clear()
