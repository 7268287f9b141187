"""One root for all tests of the report."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.report.facts import collect
from tests import bulk


@pytest.fixture(scope="package")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve feeds over four weeks: one fails, one is silent, one leaves gaps, one dates badly."""
    root = tmp_path_factory.mktemp("report") / "news"
    bulk.write(root, bulk.Bulk(feeds=12, days=28, per_day=4))
    return root


@pytest.fixture(scope="package")
def facts(root: Path) -> dict[str, Any]:
    """What the report says of it."""
    return collect(root)
