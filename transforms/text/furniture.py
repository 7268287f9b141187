"""Datelines, credits, source lines, end marks and other furniture of agency news, into columns.

Furniture is taken out of the body and kept verbatim; ``findings.restore`` puts it back. Inline
attribution ("сообщает РИА Новости", "وقال المصدر") belongs to the story and stays.
"""

from datetime import date

from transforms.text.findings import Found, Furniture, Removed, restore
from transforms.text.furniture_cjk import is_cjk, strip_cjk_head, strip_cjk_tail
from transforms.text.furniture_head import strip_head
from transforms.text.furniture_tail import strip_tail

__all__ = ["Furniture", "Removed", "restore", "strip_furniture"]


def strip_furniture(paragraphs: list[str], language: str | None, published: date | None) -> Furniture:
    """Separate an article from its furniture.

    Args:
        paragraphs: Plain text of the article's text blocks, in reading order.
        language: BCP 47 tag or None. Agencies and patterns are found whatever it is.
        published: Day of publication: it gives a dateline its year. None when unknown.

    Returns:
        The findings. ``restore(result.body, result.removed) == paragraphs`` always holds.

    >>> result = strip_furniture(["بكين 23 أبريل 2022 (شينخوا) سجلت بكين 15 حالة."], "ar", None)
    >>> result.agency, result.place, str(result.date), result.body
    ('xinhua', 'بكين', '2022-04-23', ['سجلت بكين 15 حالة.'])
    """
    found = Found(paragraphs)
    if any(paragraph.strip() for paragraph in paragraphs):
        cjk = is_cjk(paragraphs[0]) or is_cjk(paragraphs[-1])
        if not (cjk and strip_cjk_head(found, published)):
            strip_head(found, published)
        if cjk:
            strip_cjk_tail(found)
        strip_tail(found, published)
    return found.result()
