"""Prometheus metrics of a watch: a text file for node_exporter, a port of its own, or both."""

from pathlib import Path

from pipelines.exits import Exit, KhabarError
from pipelines.summary import Summary
from pipelines.watching.trouble import Trouble
from pipelines.watching.vitals import Vitals

MISSING_EXTRA = "metrics need an extra: pip install 'khabar[metrics]'"
OUTCOMES = ("new", "edited", "seen", "repeated", "held", "rejected")
POLLS = ("ok", "unchanged", "failed")


class MetricsError(KhabarError):
    """Metrics cannot be served; the message says why."""

    exit = Exit.CONFIG


class Metrics:
    """Counters and gauges, brought up to date whenever they are called.

    Args:
        version: Of khabar.
        textfile: Written at each call, whole; None for none.

    Raises:
        MetricsError: The extra is not installed.
    """

    def __init__(self, version: str, textfile: Path | None) -> None:
        try:
            import prometheus_client as prometheus
        except ImportError as error:
            raise MetricsError(MISSING_EXTRA) from error
        prometheus.disable_created_metrics()  # they would double the series, and tell nobody anything
        self._prometheus, self._textfile = prometheus, textfile
        self.registry = registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=registry)
        counter, gauge = prometheus.Counter, prometheus.Gauge
        info = gauge("khabar_build_info", "Version of khabar.", ["version"], registry=registry)
        info.labels(version).set(1)
        self._batches = counter("khabar_batches", "Batches by result.", ["result"], registry=registry)
        self._articles = counter(
            "khabar_articles", "Entries by what became of them.", ["outcome"], registry=registry
        )
        self._polls = counter("khabar_polls", "Polls of feeds by result.", ["result"], registry=registry)
        self._seconds = counter("khabar_batch_seconds", "Time spent in good batches.", registry=registry)
        self._feeds = gauge("khabar_feeds", "Feeds configured.", registry=registry)
        self._in_row = gauge("khabar_failures_in_row", "Failed batches in a row.", registry=registry)
        self._success = gauge(
            "khabar_last_success_timestamp_seconds", "End of the last good batch.", registry=registry
        )
        self._refused = gauge(
            "khabar_configuration_refused", "1 while changed files are not in use.", registry=registry
        )
        for family, labels in (
            (self._batches, ("ok", "failed")), (self._articles, OUTCOMES), (self._polls, POLLS),
        ):  # fmt: skip
            for label in labels:
                family.labels(label)  # a series that appears with its first event hides the first event
        self._counted = (0, 0)
        self._trouble = Trouble("textfile_failed", textfile or Path())

    def serve(self, address: str, port: int) -> None:
        """Serve ``/metrics`` until the process ends.

        Raises:
            MetricsError: The port cannot be had.
        """
        try:
            self._prometheus.start_http_server(port, address, self.registry)
        except OSError as error:
            raise MetricsError(f"--metrics-port {address}:{port}: {error.strerror or error}") from error

    def __call__(self, vitals: Vitals) -> None:
        """Bring the metrics up to date."""
        batches, failures = self._counted
        self._batches.labels("ok").inc(vitals.batches - batches)
        self._batches.labels("failed").inc(vitals.failures - failures)
        if vitals.batches > batches and vitals.last is not None:
            self._count(vitals.last)
        self._counted = (vitals.batches, vitals.failures)
        self._in_row.set(vitals.failures_in_row)
        self._refused.set(vitals.refused is not None)
        if vitals.last_success_at is not None:
            self._success.set(vitals.last_success_at.timestamp())
        self._write()

    def _count(self, summary: Summary) -> None:
        for outcome in OUTCOMES:
            self._articles.labels(outcome).inc(getattr(summary, outcome))
        changed = summary.feeds_ok - summary.feeds_unchanged
        counts = (changed, summary.feeds_unchanged, summary.feeds_failed)
        for result, count in zip(POLLS, counts, strict=True):
            self._polls.labels(result).inc(count)
        self._seconds.inc(summary.seconds)
        self._feeds.set(summary.feeds_polled + summary.feeds_not_due)

    def _write(self) -> None:
        if self._textfile is not None:
            with self._trouble.told_once():
                self._prometheus.write_to_textfile(str(self._textfile), self.registry)
