"""Text of a Markdown file. Marks within a line, such as those of bold text and links, stay as they are."""

from __future__ import annotations

import re
from dataclasses import replace

from documents.collector import PassageCollector
from documents.numbering import build_label
from documents.passages import Area, DocumentPlace, Label, Passage, Run
from documents.plain.plain_text import decode_text

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*")
_RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_LIST_ITEM = re.compile(r"(\s*)([-*+]|(\d{1,9})([.)]))\s+(?=\S)")
_CHECK_BOX = re.compile(r"\[([ xX])\]\s+")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_FRONT_MATTER = "---"


def read_markdown(content: bytes) -> list[Passage]:
    """Return a passage for each heading, paragraph, list item, table cell and line of code.

    Lines of one paragraph are joined, as where they break is formatting.

    Raises:
        UnreadDocument: It is no text, or too large.
    """
    return _MarkdownReader(decode_text(content).splitlines()).read()


class _MarkdownReader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._position = 0
        self._collector = PassageCollector()
        self._paragraph: list[str] = []
        self._place = DocumentPlace()
        self._tables = 0
        self._quote = ""
        self._label: Label | None = None
        self._lists: dict[int, tuple[str, int]] = {}
        self._list_count = 0

    def read(self) -> list[Passage]:
        if self._lines and self._lines[0].rstrip() == _FRONT_MATTER:
            self._position = 1
            self._read_lines_until(_FRONT_MATTER)
        while self._position < len(self._lines):
            line = self._lines[self._position]
            self._position += 1
            self._read_quoted(line)
        self._end_paragraph()
        return self._collector.passages

    def _read_quoted(self, line: str) -> None:
        """Read a line without the marks of a quotation; where they begin, a paragraph does."""
        quote = _QUOTE.match(line)
        if quote:
            mark = "".join(quote[0].split())
            if mark != self._quote:
                self._end_paragraph()
            self._quote, line = mark, line[quote.end() :]
        elif not self._paragraph:
            self._quote = ""
        self._read_line(line)

    def _read_line(self, line: str) -> None:
        fence = _FENCE.match(line)
        heading = _HEADING.fullmatch(line)
        if fence:
            self._end_paragraph()
            self._read_lines_until(fence[1])
        elif heading:
            self._end_paragraph()
            self._add_heading(heading[2] or "", heading[1])
        elif self._paragraph and _UNDERLINE.fullmatch(line):
            text = " ".join(self._paragraph)
            self._paragraph = []
            self._add_heading(text, line.strip()[0])
        elif not line.strip():
            self._end_paragraph()
        elif _RULE.fullmatch(line):
            self._end_paragraph()
            self._collector.add(self._place, [Run(line)], mark=self._quote)
        elif self._is_table_start(line):
            self._end_paragraph()
            self._read_table(line)
        else:
            self._read_text(line)

    def _read_text(self, line: str) -> None:
        item = _LIST_ITEM.match(line)
        if item:
            self._end_paragraph()
            self._label = self._count_item(item)
            line = line[item.end() :]
            box = _CHECK_BOX.match(line)
            if box:
                line = ("☐ " if box[1] == " " else "☒ ") + line[box.end() :]
        elif not self._paragraph and not line[:1].isspace():
            self._lists.clear()
        self._paragraph.append(line.strip().rstrip("\\"))

    def _count_item(self, item: re.Match[str]) -> Label | None:
        """Return the label of an item: the sign or the number that stands there."""
        indent, sign, number, delimiter = item.groups()
        depth = len(indent.expandtabs(4))
        if number is None:
            return build_label(sign, sign, 0)
        self._lists = {each: started for each, started in self._lists.items() if each <= depth}
        definition = f"{number}{delimiter}"
        started = self._lists.get(depth)
        if started is None or started[0][-1] != delimiter:
            self._list_count += 1
            started = self._lists[depth] = (definition, self._list_count)
        return build_label(definition, *started)

    def _read_lines_until(self, end: str) -> None:
        while self._position < len(self._lines):
            line = self._lines[self._position]
            self._position += 1
            if line.strip().startswith(end) and not line.strip().strip(end[0]):
                return
            self._collector.add(self._place, [Run(line)])

    def _is_table_start(self, line: str) -> bool:
        following = self._lines[self._position] if self._position < len(self._lines) else ""
        has_borders = "|" in line and "|" in following
        return has_borders and bool(_TABLE_RULE.fullmatch(following))

    def _read_table(self, head: str) -> None:
        self._tables += 1
        place = replace(self._place, area=Area.TABLE, table=self._tables)
        self._add_row(head, replace(place, row=1))
        self._position += 1  # over the rule
        row = 1
        while self._position < len(self._lines) and "|" in self._lines[self._position]:
            row += 1
            self._add_row(self._lines[self._position], replace(place, row=row))
            self._position += 1

    def _add_row(self, line: str, place: DocumentPlace) -> None:
        cells = _CELL_BORDER.split(line.strip().removeprefix("|"))
        for column, cell in enumerate(cells, 1):
            self._collector.add(replace(place, column=column), [Run(cell.replace(r"\|", "|"))])

    def _add_heading(self, text: str, sign: str) -> None:
        self._place = DocumentPlace(heading=text.strip())
        self._lists.clear()
        label, self._label = self._label, None
        place = replace(self._place, area=Area.HEADING)
        self._collector.add(place, [Run(text)], label=label, mark=f"{self._quote}{sign}")

    def _end_paragraph(self) -> None:
        text = " ".join(self._paragraph)
        self._collector.add(self._place, [Run(text)], label=self._label, mark=self._quote)
        self._paragraph, self._label = [], None
