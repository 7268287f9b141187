"""BCP 47 tags: from what feeds and libraries write to the shortest tag this project uses."""

from functools import cache

# Deprecated and library-specific spellings -> ours. Sources: IANA language subtag registry (deprecated
# entries), ISO 639 macrolanguages, langdetect, CLD2, fastText and lingua label sets.
ALIASES = {
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "no": "nb",
    "tl": "fil",
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-my": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hant": "zh-Hant",
    "cmn": "zh-Hans",
    "prs": "fa",
    "pes": "fa",
    "arb": "ar",
    "kmr": "ku",
    "kur": "ku",
    "sr": "sr-Cyrl",
    "sr-latn": "sr-Latn",
    "sr-me": "sr-Latn",
    "sr-cyrl": "sr-Cyrl",
    "bs": "bs",
    "sh": "sr-Latn",
    "un": "und",
    "unk": "und",
}
# A declaration that leaves script or standard open stands for each of these.
OPEN = {
    "sr": ("sr-Cyrl", "sr-Latn"),
    "sh": ("sr-Latn", "hr", "bs", "sr-Cyrl"),
    "zh": ("zh-Hans", "zh-Hant", "yue"),
    "no": ("nb", "nn"),
    "zh-hk": ("zh-Hant", "yue"),
}


def canonical_tag(tag: str) -> str:
    """The shortest tag for a language as written by a feed or a library.

    >>> [canonical_tag(tag) for tag in ("zh-TW", "no", "ar_EG", "sr-Latn-RS", "tl", "pt-BR")]
    ['zh-Hant', 'nb', 'ar', 'sr-Latn', 'fil', 'pt']
    """
    parts = tag.strip().replace("_", "-").lower().split("-")
    for size in range(min(len(parts), 2), 0, -1):
        known = ALIASES.get("-".join(parts[:size]))
        if known:
            return known
    return parts[0]


@cache
def declared_tags(hint: str | None) -> tuple[str, ...]:
    """Every tag that a feed's declaration allows; empty when it declares nothing usable.

    >>> declared_tags("zh"), declared_tags("en-GB"), declared_tags("und"), declared_tags(None)
    (('zh-Hans', 'zh-Hant', 'yue'), ('en',), (), ())
    """
    written = (hint or "").strip().replace("_", "-").lower()
    if written in ("", "und", "mul", "zxx", "mis", "*"):
        return ()
    return OPEN.get(written) or (canonical_tag(written),)
