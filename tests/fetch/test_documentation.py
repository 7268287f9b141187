"""docs/fetching.md keeps up with the code."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from transforms.fetch.errors import ERROR_CLASSES
from transforms.fetch.policy import Feed, FetchPolicy

PAGE = (Path(__file__).parents[2] / "docs" / "fetching.md").read_text(encoding="utf-8")
EXAMPLES = [tomllib.loads(block.partition("```")[0]) for block in PAGE.split("```toml\n")[1:]]


@pytest.mark.parametrize("name", ERROR_CLASSES)
def test_every_error_class_is_explained(name: str) -> None:
    assert f"| `{name}` | {ERROR_CLASSES[name]} |" in PAGE


def test_the_example_has_every_key_of_the_policy() -> None:
    assert EXAMPLES[0]["fetch"].keys() == {f.name for f in fields(FetchPolicy)}


def test_the_example_shows_the_defaults() -> None:
    shown = {
        k: v for k, v in EXAMPLES[0]["fetch"].items() if k not in ("contact", "ca_bundle", "secrets_file")
    }
    assert FetchPolicy(**shown) == FetchPolicy()


def test_the_example_feed_is_accepted() -> None:
    assert Feed(**EXAMPLES[1]["feed"][0]).id == "agency_ar"
