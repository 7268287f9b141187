"""Logging: JSON lines with the run's id for machines, short lines for people. Always on stderr."""

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# What Beam says on every run and nobody can act on: no Google client, stages with several outputs, and a
# regression with too few points, by which BatchElements finds its size.
_NOISE = ("apitools", "hint will be ignored and not used for type-checking", "apache_beam/transforms/util.py")
log = logging.getLogger("khabar")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event, run_id, and whatever ``extra`` gives."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "run_id": self.run_id,
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class ShortLines(logging.Formatter):
    """``WARNING: feed_failed: tass_ar: HTTP 503 from ...``: the event, and its error if it has one."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        line = f"{record.levelname}: {record.getMessage()}"
        if error := getattr(record, "error", None):
            line += f": {error}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure(run_id: str, *, json_lines: bool) -> None:
    """Set up logging; must come before Beam is imported, whose first warning sets up the root logger."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(run_id) if json_lines else ShortLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)  # a line of the log, not bare text in between
    handler.addFilter(lambda record: not any(noise in record.getMessage() for noise in _NOISE))
    log.setLevel(logging.INFO if json_lines else logging.WARNING)


def begin_run(run_id: str) -> None:
    """Put another run's id on the lines from now on."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, JsonLines):
            handler.formatter.run_id = run_id
