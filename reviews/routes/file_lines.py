"""Lines of the routing file: where a key, a step of a ladder or a person stands.

`tomllib` keeps no positions of what it could read, so each is located by its form.
"""

from __future__ import annotations

import re

_TOKENS = re.compile(
    r'"""(?:\\.|.)*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]', re.DOTALL
)
"""Texts and comments, in which brackets mean nothing, and brackets."""
_STEP_HEADING = re.compile(r"\s*\[\[\s*route\s*\.\s*ladder\s*\]\]")


_SYNTAX_HINTS = (
    (re.compile("[\u201c\u201d\u201e\u00ab\u00bb]"), 'write straight quotes, as in "50%"'),
    (re.compile(r"=\s*[0-9]+\s*%"), 'write it in quotes, as in "50%"'),
    (
        re.compile(r"\{[^}\n]*\n|,\s*\}"),
        "write what is in { } on one line, without a comma before the }",
    ),
    (re.compile(r"^\s*\{.*\nUnclosed array"), "write a comma after each step of the ladder"),
)
"""What is in a line that is no TOML, with the message below it, and what people should write instead."""


def move_line_first(message: str, text: str) -> str:
    """Turn "... (at line 3, column 7)" into our form, and say what to write instead, if that is clear."""
    lines = text.splitlines()
    message = message.replace("(at end of document)", f"(at line {len(lines)}, column 1)")
    match = re.search(r"\s*\(at line (\d+), column \d+\)", message)
    if match is None:
        return message
    line = lines[int(match[1]) - 1] if int(match[1]) <= len(lines) else ""
    hint = next(
        (f": {words}" for pattern, words in _SYNTAX_HINTS if pattern.search(f"{line}\n{message}")), ""
    )
    return f"line {match[1]}: {message[: match.start()]}{hint}"


def find_line(text: str, table: int | None, key: str) -> int:
    """Return the line of a key in the nth [[route]], or of the table itself where the key is missing."""
    start, current = 1, -1
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[\[\s*route\s*\]\]", line):
            current += 1
            start = number if current == table else start
        elif current == (-1 if table is None else table) and re.match(
            rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line
        ):
            return number
    return start


def find_step_line(text: str, table: int, step: int) -> int:
    """Return the line of the nth step in the ladder of the nth [[route]].

    It is that of its inline table, or of its heading [[route.ladder]]; else that of the key.
    """
    first = find_line(text, table, "ladder")
    lines = text.splitlines()
    headings = [n for n in _list_route_lines(lines, first) if _STEP_HEADING.match(lines[n - 1])]
    if headings:
        return headings[min(step, len(headings) - 1)]
    rest = "\n".join(lines[first - 1 :]).partition("=")[2]
    starts = _list_table_starts(rest)
    return first + rest[: starts[step]].count("\n") if step < len(starts) else first


def find_person_line(text: str, address: str) -> int:
    """Return the line that names a person; the table's own line if there is none."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if re.match(r"\s*\[?\s*people\b", line)), 0)
    matches = (n for n, line in enumerate(lines) if n >= start and address and address in line)
    return next(matches, start) + 1


def _list_route_lines(lines: list[str], first: int) -> range:
    """Return the lines from the first one to the next [[route]]."""
    after = range(first + 1, len(lines) + 1)
    end = next((n for n in after if re.match(r"\s*\[\[\s*route\s*\]\]", lines[n - 1])), len(lines) + 1)
    return range(first, end)


def _list_table_starts(value: str) -> list[int]:
    """Return where the tables begin in a list with which a text begins."""
    starts: list[int] = []
    depth = 0
    for token in _TOKENS.finditer(value):
        if token[0] in {"[", "{"}:
            starts += [token.start()] if token[0] == "{" and depth == 1 else []
            depth += 1
        elif token[0] in {"]", "}"}:
            depth -= 1
            if depth <= 0:
                break
    return starts
