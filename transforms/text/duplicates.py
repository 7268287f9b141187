"""How two articles with much text in common are related. Labels only: nothing is dropped because of them."""

from typing import NamedTuple

from transforms.text.signatures import jaccard

# Measured by benchmarks/reprints.py: together they find every copy with up to 6 % of its words replaced and
# every one cut to 40 %, and join none of 1.4 million pairs of different articles.
MIN_JACCARD = 0.4
MIN_CONTAINMENT = 0.5
REPRINT_JACCARD = 0.5
EXCERPT_LENGTH = 0.7  # of the longer text


class Story(NamedTuple):
    """What the rule looks at: columns of ``articles`` by the same names, ``sent_fp`` as a set."""

    source_id: str
    text_len: int
    content_sha256: str
    minhash_b8: bytes
    sent_fp: frozenset[int]


class Relation(NamedTuple):
    """``kind`` (exact, update, excerpt, reprint or related), and what it rests on, both 0..1."""

    kind: str
    jaccard: float
    containment: float


def containment(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the shorter article's telling sentences that stand in the other; 0 when it has none.

    One sentence in common is background, unless it is all there is (a flash).

    >>> containment(frozenset({1, 2, 5, 6}), frozenset({2, 3, 4, 5}))
    0.5
    >>> containment(frozenset({1, 2}), frozenset({2, 3}))
    0.0
    """
    fewer, shared = min(len(one), len(other)), len(one & other)
    return 0.0 if not shared or (shared == 1 and fewer > 1) else shared / fewer


def relation(one: Story, other: Story) -> Relation | None:
    """What one article is to another; None when they are not related. Symmetric.

    - ``exact``: the same text but for spelling, punctuation and furniture.
    - ``update``: the same source tells the story again under a new identity.
    - ``excerpt``: one is much shorter and stands in the other.
    - ``reprint``: another source's print of the same text.
    - ``related``: a good part in common, such as a background paragraph.
    """
    similarity = jaccard(one.minhash_b8, other.minhash_b8)
    shared = containment(one.sent_fp, other.sent_fp)
    if one.content_sha256 == other.content_sha256:
        return Relation("exact", 1.0, 1.0)
    if similarity < MIN_JACCARD and shared < MIN_CONTAINMENT:
        return None
    if one.source_id == other.source_id:
        kind = "update"
    elif shared >= MIN_CONTAINMENT and _much_shorter(one, other):
        kind = "excerpt"
    elif similarity >= REPRINT_JACCARD or shared >= MIN_CONTAINMENT:
        kind = "reprint"
    else:
        kind = "related"
    return Relation(kind, round(similarity, 3), round(shared, 3))


def _much_shorter(one: Story, other: Story) -> bool:
    shorter, longer = sorted((one.text_len, other.text_len))
    return shorter < EXCERPT_LENGTH * longer
