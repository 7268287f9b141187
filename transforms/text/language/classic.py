"""The langdetect library as it is, seeded: the first form of the identifier."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

import langdetect
from langdetect import detector_factory

from transforms.text.language.answers import Identification

DETECTOR_NAME = f"langdetect-classic-{getattr(langdetect, '__version__', '1.0.9')}"
TAGS = {"no": "nb", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "tl": "fil"}
SCRIPTS = {
    "ARABIC": "Arab",
    "CYRILLIC": "Cyrl",
    "LATIN": "Latn",
    "HEBREW": "Hebr",
    "CJK": "Hani",
    "GREEK": "Grek",
}


def _script(text: str) -> str:
    names = Counter(unicodedata.name(c, "").split(" ")[0] for c in text if c.isalpha())
    return SCRIPTS.get(names.most_common(1)[0][0], "Zyyy") if names else "Zyyy"


def identify(text: str, hint: str | None = None) -> Identification:
    """Identify the language of one text; ``hint`` is the declared BCP 47 tag."""
    script = _script(text)
    detector_factory.init_factory()
    detector = detector_factory._factory.create()
    detector.seed = 0
    detector.append(text)
    try:
        best = detector.get_probabilities()
    except langdetect.LangDetectException:
        best = []
    if not best:
        return Identification("zxx" if script == "Zyyy" else "und", script, 0.0, "gate")
    tag = TAGS.get(best[0].lang, best[0].lang)
    conflict = hint is not None and hint.split("-")[0] != tag.split("-")[0] and best[0].prob >= 0.9
    return Identification(tag, script, min(best[0].prob, 1.0), "model", conflict)


def identify_batch(texts: Sequence[str], hints: Sequence[str | None]) -> list[Identification]:
    """Identify several texts; same answers as :func:`identify`."""
    return [identify(text, hint) for text, hint in zip(texts, hints, strict=True)]
