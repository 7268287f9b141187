"""The data files that hold what khabar knows about languages, agencies and HTML."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "lexicons"


def load(name: str) -> dict[str, Any]:
    """Read one of the TOML files in ``lexicons/``."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
