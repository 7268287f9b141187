"""Which Beam runner runs the graph."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.runners.runner import PipelineRunner

from pipelines.exits import Exit, KhabarError
from pipelines.logs import log

LOCAL = "DirectRunner"


class RunnerError(KhabarError):
    """The runner asked for cannot be had; the message names it."""

    exit = Exit.USAGE


class EngineError(KhabarError):
    """The engine cannot be reached or gave the job up; what was not committed is not visible."""

    exit = Exit.FAILED


@contextmanager
def engine_errors(runner: str) -> Iterator[None]:
    """What an engine says of itself or of a failed job, in one line. The local runner's errors are our own.

    Raises:
        EngineError: Not to be reached, or the job failed.
    """
    try:
        yield
    except (grpc.RpcError, grpc.FutureTimeoutError, RuntimeError) as error:
        if runner == LOCAL:
            raise
        log.error("engine_failed", extra={"runner": runner, "error": str(error)})
        raise EngineError(f"--runner {runner}: {_finding(error)}") from error


def _finding(error: Exception) -> str:
    """One line: what was raised, where a worker's traceback came back."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["not reached in time"]
    traced = any(line.endswith("Traceback (most recent call last):") for line in lines)
    return lines[-1] if traced else lines[0]


def make_pipeline(runner: str, flags: Sequence[str]) -> beam.Pipeline:
    """An empty pipeline on the runner named, with Beam's own flags passed through.

    ``DirectRunner`` in Beam 2.77 first tries to download Prism, on nearly every run and without a time-out;
    here it means ``FnApiRunner``, in this process, without the network.

    Raises:
        RunnerError: Beam knows no such runner, or it refuses the flags.
    """
    options = PipelineOptions([f"--runner={runner}", *flags])
    options.view_as(StandardOptions).runner = runner
    try:
        return beam.Pipeline(runner=_local(options) if runner == LOCAL else runner, options=options)
    except ValueError as error:
        raise RunnerError(f"--runner {runner}: {' '.join(str(error).split())}") from error


def _local(options: PipelineOptions) -> PipelineRunner:
    # Without provision info, options do not reach worker processes (--direct_running_mode=multi_processing).
    provision = fn_runner.ExtendedProvisionInfo(
        beam_provision_api_pb2.ProvisionInfo(
            pipeline_options=JobServiceHandle.encode_pipeline_options(options.get_all_options()),
            retrieval_token="unused-retrieval-token",  # what FnApiRunner itself sends
        )
    )
    logging.getLogger("apache_beam").setLevel(logging.WARNING)
    return fn_runner.FnApiRunner(provision_info=provision)
