"""On the site, links to files outside docs/ are plain text: they are for readers on the forge."""

import re
from typing import Any


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Keep the words of links that leave the folder of the documentation."""
    up = r"\.\./" * (page.file.src_uri.count("/") + 1)
    return re.sub(rf"\[([^\]]*)\]\({up}(?!\.\.)[^)]*\)", r"\1", markdown)
