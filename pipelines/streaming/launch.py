"""Hand a stream to its engine and wait."""

import signal
from collections.abc import Sequence
from importlib import metadata
from types import FrameType

from apache_beam.runners.runner import PipelineState
from apache_beam.utils.timestamp import Timestamp

from pipelines.exits import Exit, KhabarError
from pipelines.layout import open_root
from pipelines.logs import log
from pipelines.maintenance import alone
from pipelines.root_id import bind
from pipelines.runner import LOCAL, RunnerError, make_pipeline
from pipelines.streaming.due import StreamJob
from pipelines.streaming.graph import build


class StreamError(KhabarError):
    """The engine gave the job up; what was committed stays, and a new job goes on from there."""

    exit = Exit.FAILED


def launch(job: StreamJob, runner: str, flags: Sequence[str], until: float | None) -> int:
    """Run the stream until it ends, fails or is told to stop.

    Args:
        job: What to stream.
        runner: Name of a Beam runner that can run unbounded pipelines.
        flags: Beam's own.
        until: When to stop polling, seconds since the epoch; None for never.

    Raises:
        RunnerError: No such runner, or the local one.
        StreamError: The engine gave up.
    """
    if runner == LOCAL:
        raise RunnerError(
            f"--runner {LOCAL}: emits an unbounded pipeline's windows only at its end;"
            " name an engine's runner, or use khabar watch"
        )
    root = open_root(job.root, job.ledger)
    with alone(root, job.lock_wait_seconds) as ledger:  # the tables and the root's id, before workers ask
        bind(root, ledger)
    pipeline = make_pipeline(runner, [*flags, "--streaming"])
    build(pipeline, job, metadata.version("khabar"), None if until is None else Timestamp.of(until))
    result = pipeline.run()
    stopped: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)
        result.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    log.info("stream_started", extra={"run_id": job.name, "feeds": len(job.feeds)})
    try:
        state = result.wait_until_finish()
    except RuntimeError as error:
        if stopped:
            return 128 + stopped[0]
        raise StreamError(f"stream {job.name}: {str(error).splitlines()[0]}") from error
    if stopped:
        return 128 + stopped[0]
    if state != PipelineState.DONE:
        raise StreamError(f"stream {job.name}: ended as {state}")
    return Exit.OK
