"""From scores to an answer: calibration, the declared language as a prior, and when to answer `und`."""

import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

from transforms.text.language.answers import Identification, Method
from transforms.text.language.gate import CONFIDENCE, Verdict
from transforms.text.language.siblings import families, with_words
from transforms.text.language.tags import declared_tags

# Confidence = softmax(SCALE * n**POWER * score in nats), n n-grams known: fitted on held-out news.
SCALE, POWER = 0.37, -0.3
DECLARED = 0.5  # prior probability of the declared language; a wrong neighbour at 0.8 cost 37 points
CONFLICT = 0.9
FAR = 25.0  # log odds that are nothing: 1e-11 of a chance
# When the answer is `und`: no language has this chance, or a logistic rule says so on how much of its usual
# nats per n-gram the best language earns and on the log of their number, milder on short texts. Fitted on
# languages that the model has never seen and on Arabizi (docs/language.md).
MIN_CHANCE = 0.25
MOST_LOG_SIZE = 6.0
# Where unseen languages resemble seen ones too much for that (Kashmiri `ur`, Maithili `hi`): from so many
# known n-grams on, a share that next to no development text falls short of. Not `ar`, whose dialects do.
LEAST_SHARE = 0.7
SURE_SIZE = dict.fromkeys(["ckb", "fa", "ps", "sd", "ug", "ur"], 90) | dict.fromkeys(["hi", "mr", "ne"], 33)
EAST = {"ja": "Jpan", "zh-Hans": "Hans", "zh-Hant": "Hant", "yue": "Hant"}


class Evidence(NamedTuple):
    """What one script's table says about one text.

    Attributes:
        tags: The languages that compete.
        odds: Their scores as calibrated log odds.
        best: Place of the highest.
        nats: The highest, in nats.
        known: n-grams that the table knows.
        weight: The same, those in names counting less.
        seen: n-grams of the text.
        usual: Nats per n-gram that each language's own texts earn.
    """

    tags: list[str]
    odds: list[float]
    best: int
    nats: float
    known: int
    weight: float
    seen: int
    usual: list[float]


class Ranking(NamedTuple):
    """Probabilities, best first, with and without the declared language."""

    best: str
    chance: float
    free_best: str
    free_chance: float


def worth(known: int) -> float:
    """Log odds of a nat from so many n-grams: they overlap, so their evidence is worth less than its sum."""
    return SCALE * max(known, 1) ** POWER


def logits(evidence: Evidence, text: str) -> list[float]:
    """Calibrated log odds of n-grams, and of words where the best language has siblings."""
    if evidence.tags[evidence.best] not in families():
        return evidence.odds
    return with_words(evidence.tags, evidence.odds, text)


def probabilities(values: list[float]) -> list[float]:
    """Softmax. Plain Python on purpose: numpy's vectorised exp may differ by place in the array."""
    top = max(values)
    weights = [math.exp(value - top) if value > top - FAR else 0.0 for value in values]
    total = sum(weights)
    return [weight / total for weight in weights]


def likeliest(values: list[float]) -> tuple[int, float]:
    """Place and probability of the largest: the same as in :func:`probabilities`, and nothing besides."""
    top, exp = max(values), math.exp
    least = top - FAR
    return values.index(top), 1.0 / sum([exp(value - top) for value in values if value > least])


def with_prior(tags: list[str], values: list[float], declared: tuple[str, ...]) -> list[float]:
    """Add what the declaration is worth: DECLARED on its languages, the rest spread over the others."""
    chosen = [tag in declared for tag in tags]
    if not any(chosen) or all(chosen):
        return values
    for_each = math.log(DECLARED / sum(chosen))
    for_other = math.log((1 - DECLARED) / (len(tags) - sum(chosen)))
    return [value + (for_each if mine else for_other) for value, mine in zip(values, chosen, strict=True)]


def ranking(evidence: Evidence, text: str, declared: tuple[str, ...]) -> Ranking:
    """Best language with the prior, and without."""
    values = logits(evidence, text)
    free = likeliest(values)
    best = likeliest(with_prior(evidence.tags, values, declared)) if declared else free
    return Ranking(evidence.tags[best[0]], best[1], evidence.tags[free[0]], free[1])


def by_script(verdict: Verdict, hint: str | None) -> Identification:
    """The answer where the script decides."""
    tag = verdict.language or "und"
    conflict = tag != "und" and _differs(tag, declared_tags(hint))
    return Identification(tag, verdict.script, 0.0 if tag == "und" else CONFIDENCE, "gate", conflict)


def by_model(verdict: Verdict, evidence: Evidence, text: str, hint: str | None) -> Identification:
    """The answer where n-grams decide."""
    declared = declared_tags(hint)
    ranked = ranking(evidence, text, declared)
    best = _cantonese(ranked.best, text)
    free = _cantonese(ranked.free_best, text)
    script = EAST.get(best, verdict.script)
    if best != "yue" and (not evidence.known or unsafe(evidence, ranked.chance)):
        return Identification("und", verdict.script, 0.0, "model")
    conflict = ranked.free_chance >= CONFLICT and _differs(free, declared)
    method: Method = "model" if best == free else "prior"
    return Identification(best, script, ranked.chance, method, conflict)


def unsafe(evidence: Evidence, chance: float) -> bool:
    """Whether the text is more likely in none of the languages."""
    if chance < MIN_CHANCE:
        return True
    best = evidence.best
    share = evidence.nats / evidence.weight / evidence.usual[best]
    if share < LEAST_SHARE and evidence.known >= SURE_SIZE.get(evidence.tags[best], math.inf):
        return True
    size = min(math.log(evidence.known), MOST_LOG_SIZE)
    return -13.1 + 2.97 * size + 3.94 * share - 2.23 * share * size > 0


def _cantonese(tag: str, text: str) -> str:
    """Written Cantonese is Chinese with words of its own; without them no one can tell."""
    return "yue" if tag in EAST and any(word in text for word in _cantonese_words()) else tag


@cache
def _cantonese_words() -> list[str]:
    path = Path(__file__).parents[1] / "lexicons" / "cantonese.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _differs(tag: str, declared: tuple[str, ...]) -> bool:
    return bool(declared) and tag not in declared
