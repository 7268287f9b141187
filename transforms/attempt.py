"""The one dead-letter idiom: try a rule on every element, send what it cannot take to ``errors/``."""

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.rows import Reject

REJECTS = "rejects"
# What bad data raises in rules that are otherwise sound. Anything else (TypeError, AttributeError, OSError
# ...) is our bug or the machine's trouble, and stops the job.
DATA_ERRORS = (ValueError, LookupError, ArithmeticError, RecursionError)
RAW_LIMIT = 65_536  # characters of an element kept with its reject


class Attempted(NamedTuple):
    """What a stage made, and what it could not make."""

    good: "beam.PCollection[Any]"
    rejects: "beam.PCollection[Reject]"


class _Attempt(beam.DoFn):
    def __init__(self, rule: Callable[[Any], Any], describe: Callable[[Any], Reject]) -> None:
        self.rule = rule
        self.describe = describe

    def process(self, element: Any) -> Iterable[Any]:
        try:
            result = self.rule(element)
        except DATA_ERRORS as error:
            reject = self.describe(element)
            yield beam.pvalue.TaggedOutput(
                REJECTS, reject._replace(exception=type(error).__name__, message=str(error) or repr(error))
            )
        else:
            yield result


def attempt(
    elements: "beam.PCollection[Any]",
    rule: Callable[[Any], Any],
    describe: Callable[[Any], Reject],
    row: type,
) -> Attempted:
    """Apply ``rule`` to every element; an element it refuses becomes a ``Reject``.

    Args:
        elements: The collection.
        rule: Element to result; raises one of ``DATA_ERRORS`` when the element is bad.
        describe: Element to a reject that names its stage and source and keeps it as text.
        row: Type of the results.
    """
    outputs = elements | rule.__name__ >> beam.ParDo(_Attempt(rule, describe)).with_outputs(
        REJECTS, main="good"
    ).with_output_types(row)
    rejects = outputs[REJECTS]
    rejects.element_type = Reject
    return Attempted(outputs["good"], rejects)


def reject_of(stage: str, source_id: str, feed_url: str | None, element: Any) -> Reject:
    """A reject without a cause yet; ``element`` (a NamedTuple) is kept as JSON, bounded."""
    raw = json.dumps(element._asdict(), ensure_ascii=False, default=str)[:RAW_LIMIT]
    return Reject(source_id, feed_url, stage, "", "", raw)
