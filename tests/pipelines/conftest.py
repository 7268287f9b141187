"""What the tests of commands on a dataset share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.arguments import LEDGER
from tests.newsroom import Newsroom
from tests.origin import Origin
from transforms.s3 import S3Path


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A copy, to be changed, of the root that a module's ``built`` has made once."""
    shutil.copytree(built, tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture
def room(bucket: S3Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom in the store, with its ledger in a file."""
    monkeypatch.setenv(LEDGER, str(tmp_path / "ledger.sqlite"))
    with Origin() as origin:
        yield Newsroom(tmp_path, origin, bucket=str(bucket))
