"""The dead-letter idiom: bad elements become rejects with stage and cause; bugs stop the job."""

from typing import NamedTuple

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline
from apache_beam.testing.util import assert_that, equal_to

from schemas.rows import Reject
from transforms.attempt import RAW_LIMIT, attempt, reject_of


class Number(NamedTuple):
    text: str


def read_number(number: Number) -> int:
    return int(number.text)


def describe(number: Number) -> Reject:
    return reject_of("count", "port", "https://agency.example/rss", number)


def test_a_bad_element_is_kept_with_its_stage_and_cause_and_stops_nobody() -> None:
    with TestPipeline(runner="FnApiRunner") as pipeline:
        numbers = pipeline | beam.Create([Number("1"), Number("سفينة"), Number("3")])
        attempted = attempt(numbers, read_number, describe, int)
        assert_that(attempted.good, equal_to([1, 3]), label="good")
        expected = Reject(
            "port",
            "https://agency.example/rss",
            "count",
            "ValueError",
            "invalid literal for int() with base 10: 'سفينة'",
            '{"text": "سفينة"}',
        )
        assert_that(attempted.rejects, equal_to([expected]), label="rejects")


def test_a_bug_stops_the_job() -> None:
    def buggy(number: Number) -> int:
        return number.no_such_field  # type: ignore[attr-defined]

    pipeline = TestPipeline("FnApiRunner")
    attempt(pipeline | beam.Create([Number("1")]), buggy, describe, int)
    with pytest.raises((AttributeError, RuntimeError), match="no_such_field"):
        pipeline.run()


def test_a_huge_element_is_kept_in_part() -> None:
    raw = describe(Number("x" * 10 * RAW_LIMIT)).raw_entry
    assert raw is not None
    assert len(raw) == RAW_LIMIT
