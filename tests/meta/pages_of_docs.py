"""The pages that people read, and the fenced blocks on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES_OUTSIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md")
READERS = [*(ROOT / name for name in PAGES_OUTSIDE), *sorted((ROOT / "docs").rglob("*.md"))]
_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block, and the line of the page that it begins on."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks() -> list[Block]:
    return [block for page in READERS for block in blocks_of(page)]


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(
            page=page,
            line=text.count("\n", 0, match.start()) + 1,
            language=match[2],
            text=re.sub(f"^{match[1]}", "", match[3], flags=re.MULTILINE),
        )
        for match in _FENCED.finditer(text)
    ]
