"""The heartbeat: a small JSON file that is fresh as long as the watch is alive."""

import dataclasses
import json
import os
from pathlib import Path

from pipelines import clock
from pipelines.watching.trouble import Trouble
from pipelines.watching.vitals import Vitals

FILE_NAME = "watch.json"


class Heartbeat:
    """Writes the vitals to ``path``; its age is what a liveness probe looks at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._trouble = Trouble("heartbeat_failed", path)

    def __call__(self, vitals: Vitals) -> None:
        """Replace the file in one step. A full disk is told once and ends nothing."""
        text = json.dumps(
            {"at": clock.now(), "pid": os.getpid(), **dataclasses.asdict(vitals)},
            default=_text, ensure_ascii=False,
        )  # fmt: skip
        scratch = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with self._trouble.told_once():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_text(f"{text}\n", encoding="utf-8")
            scratch.replace(self.path)


def _text(value: object) -> str:
    return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else str(value)
