"""What a site's robots.txt says about one article page (RFC 9309); pure, the fetching is done elsewhere."""

from dataclasses import dataclass
from enum import Enum

# RFC 9309, 2.5: a crawler must read at least 500 KiB; nobody has to read more.
MAX_ROBOTS_BYTES = 512 * 1024
# A longer Crawl-delay would keep one page of a feed waiting for a day; the site wants no robots at all.
_MAX_DELAY_SECONDS = 3600.0


class RobotsDecision(Enum):
    """What to do with the page."""

    ALLOW = "allow"
    DENY = "deny"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class RobotsVerdict:
    """The decision and what it rests on.

    Attributes:
        decision: ``DEFER`` means ask again later and do not fetch now.
        crawl_delay_seconds: Seconds between two pages of the host; None when the site asks for nothing.
        reason: For people, e.g. ``robots.txt: HTTP 404``.
    """

    decision: RobotsDecision
    crawl_delay_seconds: float | None
    reason: str


def decide(status: int | None, body: bytes, url: str, user_agent: str) -> RobotsVerdict:
    r"""Judge one page by the answer its host gave for ``/robots.txt``.

    Redirects are followed before this is asked; one left over counts as missing (RFC 9309, 2.3.1.2).

    Args:
        status: HTTP status of robots.txt; None when no answer came (timeout, refused, DNS, TLS).
        body: Its body; at most ``MAX_ROBOTS_BYTES`` are read, up to the last whole line.
        url: The page, absolute.
        user_agent: Our User-Agent; its product token is matched: ``khabar`` of ``khabar/0.1 (+...)``.

    Raises:
        ImportError: The extra ``khabar[pages]`` is not installed.

    >>> decide(404, b"", "https://news.example/a", "khabar/0.1").decision.value
    'allow'
    >>> robots = b"User-agent: *\nDisallow: /a"
    >>> decide(200, robots, "https://news.example/a", "khabar/0.1").decision.value
    'deny'
    """
    if status is None:
        return RobotsVerdict(RobotsDecision.DEFER, None, "robots.txt: no answer")
    if status == 429 or status >= 500:
        return RobotsVerdict(RobotsDecision.DEFER, None, f"robots.txt: HTTP {status}")
    if not 200 <= status < 300:
        return RobotsVerdict(RobotsDecision.ALLOW, None, f"robots.txt: HTTP {status}")
    return _by_rules(_text(body), url, user_agent)


def _text(body: bytes) -> str:
    """The part of the body that is read, decoded; a line cut by the limit is left out."""
    head = body[:MAX_ROBOTS_BYTES]
    if len(body) > len(head):
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]
    return head.decode("utf-8-sig", "replace")


def _by_rules(text: str, url: str, user_agent: str) -> RobotsVerdict:
    try:
        from protego import Protego
    except ImportError as error:
        raise ImportError("content = \"page\" needs an extra: pip install 'khabar[pages]'") from error
    rules = Protego.parse(text)
    token = user_agent.split("/", 1)[0].strip() or "*"
    delay = _delay(rules.crawl_delay(token))
    if rules.can_fetch(url, token):
        return RobotsVerdict(RobotsDecision.ALLOW, delay, "robots.txt allows")
    return RobotsVerdict(RobotsDecision.DENY, delay, f"robots.txt disallows {url}")


def _delay(seconds: float | None) -> float | None:
    return None if seconds is None or not seconds > 0 else min(float(seconds), _MAX_DELAY_SECONDS)
