"""What code, tests and pages cite of the facts, and the sections that the facts have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FACTS = ROOT / "docs" / "facts"
PAGES = {page.stem: page for page in sorted(FACTS.glob("*.md"))}

_SUFFIXES = frozenset({".css", ".html", ".js", ".md", ".py", ".toml", ".txt"})
_SKIPPED = frozenset({".git", ".venv", "__pycache__", "corpus", "node_modules"})
_HEADING = re.compile(r"^#{2,} +(.+)$", re.MULTILINE)
_NUMBERED = re.compile(r"(\d+(?:\.\d+)?(?: [a-z]\d?(?= ))?)\.? ")
_GAP = r"(?:\s+(?:#\s+)?)"  # a comment may go on in the next line
_NUMBER = r"\d+(?:\.\d+)?(?: [a-z]\d?\b)?"
_BETWEEN = rf"(?:,{_GAP}(?:and{_GAP})?|{_GAP}(?:and|to){_GAP})"
_CITED = re.compile(
    rf"\b[Ff]acts{_GAP}on{_GAP}(DocSpace|Slack|Teams),{_GAP}({_NUMBER}(?:{_BETWEEN}{_NUMBER})*)"
)
# What looks like a citation. Each has to be one, or part of one.
_ALIKE = re.compile(
    rf"\b[Ff]acts(?:{_GAP}on{_GAP}\w+)?,?{_GAP}\d"
    rf"|\bfacts{_GAP}on{_GAP}(?:DocSpace|Slack|Teams)\b(?!\]\()"
    rf"|\bon{_GAP}(?:DocSpace|Slack|Teams),{_GAP}\d"
    rf"|\([Ss]ection{_GAP}\d+\.\d"
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A numbered section of a page; `text` ends where the next heading begins."""

    page: str
    number: str
    text: str

    @property
    def has_source(self) -> bool:
        return re.search(r"^Source: +\S", self.text, re.MULTILINE) is not None


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One section that is cited, and where: `path:line`."""

    place: str
    page: str
    number: str

    def __str__(self) -> str:
        return f"{self.place}: facts on {self.page}, {self.number}"


def read_sections(page: Path) -> list[Section]:
    """Return a page's sections; a heading without a number has the number ''."""
    text = page.read_text()
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return [
        Section(page=page.stem, number=_number_of(heading[1]), text=text[heading.end() : end])
        for heading, end in zip(headings, ends, strict=True)
    ]


def walk_files() -> Iterator[Path]:
    """Yield what is in the checkout, without what is installed or built there."""
    for path in sorted(ROOT.iterdir()):
        if path.name not in _SKIPPED and not path.name.endswith(".egg-info"):
            yield from (path.rglob("*") if path.is_dir() else [path])


def collect_citations() -> list[Citation]:
    """Return all citations of the checkout, each section of a list or a range on its own."""
    return [citation for name, text in _read_files() for citation in find_citations(name, text)]


def collect_misspelled() -> list[str]:
    """Return where something is nearly a citation, as `path:line: text`."""
    return [misspelled for name, text in _read_files() for misspelled in find_misspelled(name, text)]


def find_citations(name: str, text: str) -> Iterator[Citation]:
    for match in _CITED.finditer(text):
        for number in _expand(re.sub(_GAP, " ", match[2])):
            yield Citation(place=f"{name}:{_line_number(text, match.start())}", page=match[1], number=number)


def find_misspelled(name: str, text: str) -> Iterator[str]:
    proper = [token_match.span() for token_match in _CITED.finditer(text)]
    for match in _ALIKE.finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in proper):
            yield f"{name}:{_line_number(text, match.start())}: {match[0]}"


def _read_files() -> Iterator[tuple[str, str]]:
    for path in walk_files():
        name = path.relative_to(ROOT)
        if path.suffix in _SUFFIXES and path.is_file() and not _SKIPPED.intersection(name.parts):
            yield name.as_posix(), path.read_text()


def _number_of(heading: str) -> str:
    match = _NUMBERED.match(heading)
    return match[1] if match else ""


def _expand(listed: str) -> Iterator[str]:
    """Yield the numbers of "1.3, 1.4", of "2 and 3", and of "1.2 to 1.4" those between as well."""
    words = re.findall(rf"{_NUMBER}|\bto\b", listed)
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word != "to":
            yield word
        else:
            chapter, _, first = before.partition(".")
            last = after.removeprefix(f"{chapter}.")
            yield from (f"{chapter}.{number}" for number in range(int(first) + 1, int(last)))


def _line_number(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
