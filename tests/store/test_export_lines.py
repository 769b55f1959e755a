"""Lines of an export are the same however they are made, and whatever stands beside an entry."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.ledger.exported_entries import format_exported_entry
from reviews.ledger.hash_chain import LedgerBroken, encode_canonical
from store.disclosures import format_disclosures
from store.export_lines import format_line
from tests.reviews.committed_entries import BODY, bodies, commit

ENTRY, DISCLOSURES = commit(BODY)
TEXT, PEOPLE = encode_canonical(ENTRY).decode(), format_disclosures(DISCLOSURES)


@given(body=bodies, data=st.data())
def test_a_line_is_that_of_the_entry_with_what_stands_beside_it(
    body: dict[str, Any], data: st.DataObject
) -> None:
    entry, disclosures = commit(body)
    for pointer in data.draw(st.lists(st.sampled_from(sorted(disclosures) or [""]), unique=True)):
        disclosures.pop(pointer, None)

    line = format_line(1, encode_canonical(entry).decode(), format_disclosures(disclosures))

    assert line == encode_canonical(format_exported_entry(entry, disclosures)).decode()


def test_an_entry_without_people_is_its_own_line() -> None:
    for text in ('{"title":"AML Policy"}', "no JSON", '{"a":1.5}'):
        assert format_line(1, text, None) == text
    assert format_line(1, "no JSON", PEOPLE) == "no JSON"
    assert json.loads(format_line(1, TEXT, None))["erased"] == sorted(DISCLOSURES)


@pytest.mark.parametrize(
    ("text", "people", "says"),
    [
        (TEXT, "{", "what stands beside entry 1 is not JSON"),
        (TEXT, "[]", "what stands beside entry 1 is no object"),
        (TEXT, PEOPLE.replace(":[", ": ["), "what stands beside entry 1 is not spelled as it was written"),
        (TEXT, PEOPLE.replace('"/owners/0"', '"/owners/1"'), "entry 1 has no commitment at '/owners/1'"),
        (TEXT, PEOPLE.replace('["salt-', '[7,"salt-', 1), "what stands beside entry 1 is no list of salts"),
        (TEXT[:-1] + ',"salts":{}}', PEOPLE, "entry 1 has a member 'salts', which an export adds"),
        (TEXT[:-1] + ',"z":9007199254740992}', PEOPLE, "entry 1 was changed after it was written"),
    ],
)
def test_what_no_line_can_hold_is_named(text: str, people: str, says: str) -> None:
    with pytest.raises(LedgerBroken) as broken:
        format_line(1, text, people)

    assert str(broken.value).startswith(says)
