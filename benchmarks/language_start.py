"""First weights of the language model, from counts: naive Bayes of sentences and a model of news."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.language_counts import Counts, news_counts
from benchmarks.language_examples import NO_STRIPPING, stripped
from transforms.text.language.characters import BREAK, SKIP, characters
from transforms.text.language.ngrams import ORDERS, Symbols, code_points, keys, read, tidy
from transforms.text.language.storage import Group

FLOOR = 1e-6  # probability of what was never seen
CANDIDATE = 4e-6  # an n-gram rarer than this in every language is not looked at
PRIOR = 2.0, 5.0  # pseudo-occurrences of the shorter context, in sentences and in news
NEWS_SIZE = 1e7  # letters that the news of every language is scaled to
NEWS_SHARE = 1.1  # weight of the language model beside naive Bayes, fitted on held-out sentences
STRIPPED_SHARE = 0.15
NEWS_SCRIPTS = {"Latn", "Cyrl"}  # elsewhere lingua's n-grams break at vowel signs, or nothing is left to gain

Floats = npt.NDArray[np.float32]


def sentence_counts(tag: str, sentences: list[str], latin: bool) -> Counts:
    """Occurrences of n-grams in sentences, those without diacritics counting a little."""
    rows: dict[int, Counter[str]] = {order: Counter() for order in range(1, ORDERS + 1)}
    texts = [(tidy(sentence), 1.0) for sentence in sentences]
    if latin and tag not in NO_STRIPPING:
        texts += [(stripped(text), STRIPPED_SHARE) for text, _ in texts if stripped(text) != text]
    for text, share in texts:
        symbols = read(*code_points([text]), keep_latin=latin).symbols
        line = "".join(chr(symbol) if symbol != BREAK else " " for symbol in symbols)
        for order, row in rows.items():
            for at in range(len(line) - order + 1):
                row[line[at : at + order]] += share  # type: ignore[assignment]
    return {order: dict(row) for order, row in rows.items()}


def gram_keys(grams: list[str], order: int) -> tuple[Symbols, npt.NDArray[np.bool_]]:
    """Keys of n-grams of one order, and which of them the identifier could ever see."""
    points = np.frombuffer("".join(grams).encode("utf-32-le"), np.uint32)
    symbols = characters().symbol[np.minimum(points, 0xFFFD)] & np.uint32(0xFFFF)
    possible = ((symbols > SKIP) | (points == ord(" "))).reshape(-1, order).all(1)
    return keys(symbols)[::order, order - 1], possible


def smoothed(counts: Counts, prior: float) -> dict[str, float]:
    """Weights whose sum over a text is its log probability under an interpolated model of order 5.

    P(c | h) = (count(hc) + prior * P(c | shorter h)) / (count(h) + prior). Order n adds what it changes:
    log P_n - log P_(n-1) on the n-gram, and the cost of backing off, log(prior / (count(h) + prior)), on h.
    """
    total = sum(counts[1].values())
    weights = {g: math.log(max(c / total, FLOOR) / FLOOR) for g, c in counts[1].items()}
    chances: list[dict[str, float]] = [{}, {g: max(c / total, FLOOR) for g, c in counts[1].items()}]
    sizes: list[dict[str, float]] = [{}, {}]

    def chance(gram: str) -> float:
        order = len(gram)
        known = chances[order].get(gram)
        if known is not None or order == 1:
            return FLOOR if known is None else known
        size = sizes[order].get(gram[:-1], 0.0)
        return prior * chance(gram[1:]) / (size + prior)

    for order in range(2, ORDERS + 1):
        size: dict[str, float] = {}
        for gram, count in counts[order].items():
            size[gram[:-1]] = size.get(gram[:-1], 0.0) + count
        for context, count in size.items():
            weights[context] = weights.get(context, 0.0) + math.log(prior / (count + prior))
        now: dict[str, float] = {}
        for gram, count in counts[order].items():
            context, shorter = size[gram[:-1]] + prior, chance(gram[1:])
            now[gram] = (count + prior * shorter) / context
            weights[gram] = weights.get(gram, 0.0) + math.log(now[gram] / shorter * context / prior)
        chances.append(now)
        sizes.append(size)
    return weights


def _column(counts: Counts, values: dict[str, float]) -> tuple[Symbols, Floats]:
    found = []
    for order in counts:
        grams = [gram for gram in counts[order] if gram != " "]
        if grams:
            key, possible = gram_keys(grams, order)
            found.append((key[possible], np.array([values[g] for g in grams], np.float32)[possible]))
    return np.concatenate([key for key, _ in found]), np.concatenate([value for _, value in found])


def _shares(counts: Counts) -> dict[str, float]:
    return {g: c / total for row in counts.values() for total in [sum(row.values())] for g, c in row.items()}


def _language(tag: str, lines: list[str], latin: bool, news: Counts | None) -> list[tuple[Symbols, Floats]]:
    """Shares in sentences, shares in news (or sentences), language model weights: each (keys, values)."""
    mine = sentence_counts(tag, lines, latin)
    source, prior = (news, PRIOR[1]) if news else (mine, PRIOR[0])
    if news:
        factor = NEWS_SIZE / sum(news[1].values())
        source = {order: {g: c * factor for g, c in row.items()} for order, row in news.items()}
    source[1][" "] = sum(count for gram, count in source[2].items() if gram[0] == " ")
    model = smoothed(source, prior)
    return [_column(mine, _shares(mine)), _column(source, _shares(source)), _column(source, model)]


def first_weights(group: Group, sentences: dict[str, list[str]], lingua: Path) -> tuple[Symbols, Floats]:
    """The ``group.size`` most telling n-grams: keys, sorted, and weights in nats (n-grams x languages)."""
    known, weights, telling = all_weights(group, sentences, lingua)
    best = np.sort(np.argsort(-telling, kind="stable")[: group.size])
    return known[best], weights[best]


def all_weights(
    group: Group, sentences: dict[str, list[str]], lingua: Path
) -> tuple[Symbols, Floats, Floats]:
    """Keys and weights of every candidate n-gram, and how telling each is."""
    latin = group.script == "Latn"
    languages = []
    for tag in group.tags:
        news = news_counts(lingua, tag) if group.script in NEWS_SCRIPTS else None
        languages.append(_language(tag, sentences[tag], latin, news))
    seen = [key[share >= CANDIDATE] for language in languages for key, share in language[:2]]
    known = np.unique(np.concatenate(seen))
    known = known[known > 0]
    bayes, news_share, model = (np.zeros((len(known), len(group.tags)), np.float32) for _ in range(3))
    for column, language in enumerate(languages):
        for target, (key, value) in zip((bayes, news_share, model), language, strict=True):
            at = np.minimum(np.searchsorted(known, key), len(known) - 1)
            hit = known[at] == key
            target[at[hit], column] = value[hit]
    weights = np.log(bayes + FLOOR) + NEWS_SHARE * model
    weights -= weights.mean(1, keepdims=True)
    often = ((bayes + news_share) * np.abs(weights)).sum(1)
    return known, weights, np.sqrt(often) * (weights.max(1) - np.median(weights, axis=1))
