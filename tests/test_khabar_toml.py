"""config/khabar.toml documents every setting there is, with the default it really has."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

from pipelines.config import Settings, load_settings

PATH = Path(__file__).parent.parent / "config" / "khabar.toml"
TEXT = PATH.read_text("utf-8")
DEFAULTS: dict[str, dict[str, Any]] = dataclasses.asdict(Settings())


def test_as_shipped_it_changes_nothing() -> None:
    assert load_settings(PATH) == Settings()


def test_every_setting_is_documented_and_no_other() -> None:
    documented = {table: set(keys) for table, keys in uncommented().items()}
    assert documented == {table: set(keys) for table, keys in DEFAULTS.items()}


def test_every_documented_default_is_the_real_one() -> None:
    told = {
        (table, key): plain(value) for table, keys in uncommented().items() for key, value in keys.items()
    }
    real = {(table, key): plain(value) for table, keys in DEFAULTS.items() for key, value in keys.items()}
    unset = {place for place, value in real.items() if value is None}  # TOML has no null
    assert {place: told[place] for place in told.keys() - unset} == {
        place: real[place] for place in real.keys() - unset
    }


def test_a_setting_without_a_default_says_so() -> None:
    unset = {key for keys in DEFAULTS.values() for key, value in keys.items() if value is None}
    assert set(re.findall(r"\(no default\)\.\n#(\w+) =", TEXT)) == unset


def uncommented() -> dict[str, dict[str, Any]]:
    return tomllib.loads(re.sub(r"^#(?=\w)", "", TEXT, flags=re.MULTILINE))


def plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
