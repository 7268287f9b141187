"""What the tests of commands on a dataset share."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A copy, to be changed, of the root that a module's ``built`` has made once."""
    shutil.copytree(built, tmp_path / "root")
    return tmp_path / "root"
