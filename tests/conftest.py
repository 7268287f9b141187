"""Fixtures that several rooms share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from tests.origin import Origin


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """An empty root and a publisher's server on loopback."""
    with Origin() as origin:
        yield Newsroom(tmp_path, origin)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of conformance cases and samples, where the environment names one."""
    folder = os.environ.get("KHABAR_SHARED")
    if not folder:
        pytest.skip("KHABAR_SHARED is not set")
    return Path(folder)
