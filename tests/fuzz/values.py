"""Odd values, and odd ways to write a value down: what every kind of body is bent with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.bot.odd import ABSENT, paths, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LARGEST_BODY = 1024 * 1024
"""Bytes; no door takes more."""

texts = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["\0", "a\0b", "\ud83d", "0001-01-01", "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z", "x" * 5000]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.just(10**1200)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
words = st.text(st.characters(), max_size=30) | st.sampled_from(
    [
        "", " ", "\0", "a\0b", "\ud83d", "\ud83d\ude00", "\u202e\u2066cod.docx", "\r\nSet-Cookie: a=b",
        "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "%s%n", "' OR 1=1 --", "=1+1", "-1", "0",
        "1e999", "9" * 400, "9" * 5000, "NaN", "x" * 70_000, "\u0661\u0662", "null", "true", "2026-02-30",
        "0000-00-00", "9999-12-31", "<@U1>", "<at>x</at>", "\u00e9" * 300, "\x1b[31m",
    ]
)  # fmt: skip
"""Texts in the place of a text: hostile in some language, of no meaning, or very long."""
values = words | scalars | st.sampled_from([ABSENT, [], {}, [None], [[]], {"id": 5}, {"type": "x"}])


def bend_payload(whole: Mapping[str, Any], *, at_most: int = 3) -> st.SearchStrategy[Any]:
    """Return the payload with an odd value in a few of its places, or in none."""
    places = list(paths(dict(whole)))

    @st.composite
    def made(draw: st.DrawFn) -> Any:
        members: Any = dict(whole)
        for place in draw(st.lists(st.sampled_from(places), max_size=at_most)):
            try:
                members = replaced(members, place, draw(values))
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # an earlier value has taken this place away
        return members

    return made()


def bent_texts(whole: Mapping[str, str]) -> st.SearchStrategy[dict[str, str]]:
    """Return a form, or the query of an address, with other texts in some of its fields, or without them."""
    changes = st.dictionaries(st.sampled_from(sorted(whole)), st.none() | words, max_size=3)
    return changes.map(
        lambda changed: {name: text for name, text in {**whole, **changed}.items() if text is not None}
    )


@st.composite
def write_json(draw: st.DrawFn, value: Any) -> bytes:
    """Return a value as JSON: three times of four as everybody writes it, else in one of many odd ways."""
    plain = json.dumps(value)
    if draw(st.integers(0, 3)):
        return plain.encode()
    writer: Callable[[str, Any], bytes] = draw(st.sampled_from(WRITERS))
    return writer(plain, value)


def _unescaped(_plain: str, value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _twice(plain: str, _value: Any) -> bytes:
    """Name each member of the outermost object twice, of which the second counts."""
    return b'{"type": 5, "id": [], "payload": null, "event": "x", ' + plain.encode()[1:]


def _deep(plain: str, _value: Any) -> bytes:
    return b'{"deep": ' + b"[" * 50_000 + b"]" * 50_000 + b", " + plain.encode()[1:]


def _nested(plain: str, _value: Any) -> bytes:
    """Nest as deep as a parser of Python just bears."""
    return b'{"deep": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b", " + plain.encode()[1:]


def _huge_number(plain: str, _value: Any) -> bytes:
    return b'{"huge": ' + b"9" * 5000 + b", " + plain.encode()[1:]


def _infinite(plain: str, _value: Any) -> bytes:
    return b'{"a": NaN, "b": -Infinity, "c": 1e999, ' + plain.encode()[1:]


def _cut(plain: str, _value: Any) -> bytes:
    return plain.encode()[: len(plain) // 2]


WRITERS: Sequence[Callable[[str, Any], bytes]] = (
    _unescaped,
    _twice,
    _deep,
    _nested,
    _huge_number,
    _infinite,
    _cut,
    lambda plain, _: plain.encode("utf-16"),
    lambda plain, _: plain.encode("utf-8-sig"),
    lambda plain, _: plain.encode() + b"\0",
    lambda plain, _: b"\xff\xfe" + plain.encode(),
    lambda plain, _: plain.encode() * 2,
    lambda plain, _: b" " * (300 * 1024) + plain.encode(),
    lambda _plain, _value: b"",
    lambda _plain, _value: b" " * (LARGEST_BODY + 1),
)
