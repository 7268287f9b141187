"""The manifest: what a pipeline tells the process that started it, as one JSON Lines file.

Counts and files travel as data, not as Beam metrics, so that every runner reports them alike.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apache_beam as beam

from schemas.rows import DocumentReport, HeldEntry
from transforms.parquet import StagedFile
from transforms.storage import write_whole

FILE_NAME = "manifest.jsonl"


class WriteManifest(beam.PTransform[dict[str, Any], "beam.PCollection[str]"]):
    """Staged files, reports, held entries and outcome counts to ``manifest.jsonl`` in staging."""

    def __init__(self, staging: Path) -> None:
        super().__init__()
        self.staging = staging

    def expand(self, parts: dict[str, "beam.PCollection[Any]"]) -> "beam.PCollection[str]":  # noqa: D102
        counted = (
            parts["outcomes"] | "count_outcomes" >> beam.combiners.Count.PerElement() | beam.Map(_count_line)
        )
        lines = [
            counted,
            parts["files"] | "file_lines" >> beam.Map(file_line),
            parts["reports"] | "report_lines" >> beam.Map(report_line),
            parts["held"] | "held_lines" >> beam.Map(held_line),
        ]
        return (
            lines
            | "all_lines" >> beam.Flatten()
            | "key_lines" >> beam.Map(_under_one_key).with_output_types(tuple[str, str])
            | "gather_lines" >> beam.GroupByKey()
            | "write_manifest" >> beam.Map(write_manifest, self.staging)
        )


def file_line(file: StagedFile) -> str:
    """One staged file."""
    return _line("file", file._asdict())


def report_line(report: DocumentReport) -> str:
    """One document's report."""
    return _line("report", report._asdict())


def held_line(held: HeldEntry) -> str:
    """One entry under embargo."""
    return _line("held", held._asdict() | {"until": held.until.micros})


def _count_line(counted: tuple[tuple[str, str], int]) -> str:
    (source_id, outcome), count = counted
    return _line("outcome", {"source_id": source_id, "outcome": outcome, "count": count})


def _line(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, **fields}, ensure_ascii=False, sort_keys=True)


def _under_one_key(line: str) -> tuple[str, str]:
    return "", line


def write_manifest(group: tuple[str, Iterable[str]], staging: Path) -> str:
    """Write the lines, sorted, in one step: a retry leaves the same file."""
    text = "".join(f"{line}\n" for line in sorted(group[1]))
    write_whole(staging / FILE_NAME, text.encode())
    return FILE_NAME
