"""A transport that answers from a table, for what needs no socket."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fetch.asking import RSS
from transforms.fetch.transport import Answer
from transforms.fetch.urls import Target


@dataclass(frozen=True)
class Asked:
    url: str
    headers: Mapping[str, str]
    public_only: bool


@dataclass
class FakeTransport:
    """Answers by URL; remembers what it was asked."""

    answers: Mapping[str, Answer]
    asked: list[Asked] = field(default_factory=list)

    def get(
        self, target: Target, headers: Mapping[str, str], deadline: float, *, public_only: bool = False
    ) -> Answer:
        self.asked.append(Asked(target.url, headers, public_only))
        return self.answers[target.url]

    def close(self) -> None:
        """Nothing is open."""


def rss(**headers: str) -> Answer:
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, RSS)


def redirect(location: str, status: int = 301) -> Answer:
    return Answer(status, {"location": location}, b"")
