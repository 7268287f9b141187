"""docs/operations.md speaks of the keys, codes and commands that exist."""

import argparse
import dataclasses
import re
from pathlib import Path

from pipelines.cli import Exit, build_parser
from transforms.fetch.policy import Feed

TEXT = (Path(__file__).parent.parent / "docs" / "operations.md").read_text("utf-8")


def first_cells() -> list[str]:
    return re.findall(r"^\| ([^|]+) \|", TEXT, flags=re.MULTILINE)


def test_every_key_of_a_feed_is_explained() -> None:
    explained = {key for cell in first_cells() for key in re.findall(r"`(\w+)`", cell)}
    assert {field.name for field in dataclasses.fields(Feed)} - explained == set()


def test_every_exit_code_is_explained() -> None:
    explained = {int(number) for cell in first_cells() for number in re.findall(r"^\d+|(?<=, )\d+", cell)}
    assert {int(code) for code in Exit} - explained == set()


def test_every_option_it_uses_exists() -> None:
    (commands,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    known = {
        word for command in commands.choices.values() for a in command._actions for word in a.option_strings
    }
    used = set(re.findall(r"(?<=[ `,\"])--[a-z][a-z-]+(?![a-z_-])", TEXT))
    assert used - known == set()
