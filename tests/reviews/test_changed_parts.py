"""Differences as they are stored: they come back as they were, and many take little room."""

from __future__ import annotations

import json
import zlib

from reviews.comparisons.parts import read_parts, write_parts
from reviews.wording.place_phrases import PartPlace
from tests.reviews.compared import make_part

MANY = 2_000


def test_parts_come_back_as_they_were_written() -> None:
    place = PartPlace(area="cell", sheet="Fees", row=3, column=2, column_name="B")
    parts = [make_part(), make_part(kind="moved", place=place, before="🙂\u2028\0", words=(), matters=())]

    assert read_parts(write_parts(parts)) == parts


def test_no_parts_take_no_room() -> None:
    assert write_parts([]) == b""
    assert read_parts(b"") == []


def test_the_most_parts_take_less_than_a_megabyte() -> None:
    parts = [make_part(before=f"{number} " * 100, after=f"{number}. " * 100) for number in range(MANY)]

    assert len(write_parts(parts)) < 1_000_000


def test_members_and_kinds_of_a_newer_release_are_left_out() -> None:
    [value] = json.loads(zlib.decompress(write_parts([make_part()])))
    value["place"]["paragraph"] = 7
    value["author"] = "Olga"
    value["words"][0]["font"] = "Arial"
    values = [value, {"kind": "recoloured"}]

    assert read_parts(zlib.compress(json.dumps(values).encode())) == [make_part()]
