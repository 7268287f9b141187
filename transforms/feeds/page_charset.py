"""The charset of an HTML page: as for a feed, but a page may name it in a meta element too."""

import re

from transforms.feeds import charset

# The HTML standard lets a browser look at the first 1024 bytes; pages that came through a portal need more.
_LOOK = 4096
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)


def decode_page(body: bytes, *, content_type: str | None, language: str | None) -> charset.Decoded:
    """Turn the bytes of a page into text; the HTTP header's charset wins over the page's own.

    Raises:
        FeedError: As for ``charset.decode``.

    >>> page = '<meta charset="windows-1256"><p>خبر'.encode("cp1256")
    >>> decode_page(page, content_type="text/html", language=None).text[-3:]
    'خبر'
    """
    if "charset" not in (content_type or "").lower() and (meta := _META.search(body[:_LOOK])):
        content_type = f"text/html; charset={meta[1].decode('ascii')}"
    return charset.decode(body, content_type=content_type, language=language)
