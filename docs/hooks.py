"""What mkdocs does beside building: links to files outside docs/ are for the forge, here they are plain text."""

import re
from typing import Any


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Keep the words of links that leave the folder of the documentation."""
    up = r"\.\./" * (page.file.src_uri.count("/") + 1)
    return re.sub(rf"\[([^\]]*)\]\({up}(?!\.\.)[^)]*\)", r"\1", markdown)
