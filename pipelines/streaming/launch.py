"""Hand a stream to its engine and wait."""

from collections.abc import Sequence
from importlib import metadata

from apache_beam.runners.runner import PipelineState
from apache_beam.utils.timestamp import Timestamp

from pipelines.exits import Exit
from pipelines.layout import open_root
from pipelines.logs import log
from pipelines.maintenance import alone
from pipelines.root_id import bind
from pipelines.runner import LOCAL, EngineError, RunnerError, engine_errors, make_pipeline
from pipelines.signals import Cancel
from pipelines.streaming.due import StreamJob
from pipelines.streaming.graph import build


def launch(job: StreamJob, runner: str, flags: Sequence[str], until: float | None, cancel: Cancel) -> int:
    """Run the stream until it ends, fails or is told to stop.

    Args:
        job: What to stream.
        runner: Name of a Beam runner that can run unbounded pipelines.
        flags: Beam's own.
        until: When to stop polling, seconds since the epoch; None for never.
        cancel: Takes signals. Nothing has to be finished: what is not committed is fetched again.

    Raises:
        RunnerError: No such runner, or the local one.
        EngineError: Not to be reached, or it gave the job up; a new one goes on from what is committed.
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
    state = None
    try:
        with engine_errors(runner):
            result = pipeline.run()
            cancel.by(result.cancel)
            log.info("stream_started", extra={"run_id": job.name, "feeds": len(job.feeds)})
            state = result.wait_until_finish()
    except EngineError:
        if not cancel():
            raise
    if cancel.signal is not None:
        return 128 + cancel.signal
    if state != PipelineState.DONE:
        raise EngineError(f"--runner {runner}: stream {job.name} ended as {state}")
    return Exit.OK
