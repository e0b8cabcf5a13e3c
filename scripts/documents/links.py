"""Links between the documents."""

from __future__ import annotations

import re
from pathlib import Path

from testbed.checks import Wrong, require

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def check_links(path: Path) -> None:
    """Raises Wrong where a link of a document leads to a file or a heading that is not there."""
    text = re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", path.read_text())
    for found in _LINK.finditer(text):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if re.match(r"https?:|mailto:", target):
            continue
        file = (path.parent / target).resolve() if target else path
        require(file.exists(), f"{found[0]}: there is no {target}")
        if anchor and file.suffix == ".md" and anchor not in headings(file.read_text()):
            raise Wrong(f"{found[0]}: {file.name} has no such heading")


def headings(markdown: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    found = re.findall(r"(?m)^#{1,6} +(.+?) *$", re.sub(r"(?ms)^```.*?^```$", "", markdown))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}
