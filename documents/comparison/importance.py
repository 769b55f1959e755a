"""What changed words are about: amounts, dates, numbers, obligations, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.comparison.parts import Matter
from documents.comparison.words import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from documents.comparison.words import Token

_OBLIGATION_WORDS = """
    shall must may can cannot should will would not no never none neither nor only except unless without
    required prohibited forbidden mandatory optional obliged entitled
    muss müssen soll sollen sollte sollten darf dürfen kann können wird werden nicht kein keine keinen keiner
    keines nie niemals nur außer ohne verpflichtet verboten untersagt erforderlich freiwillig berechtigt
"""
_DATE_WORDS = """
    january february march april june july august september october november december
    januar februar märz juni juli oktober dezember
    jan feb mar apr jun jul aug sep sept oct nov dec mär okt dez
    monday tuesday wednesday thursday friday saturday sunday
    montag dienstag mittwoch donnerstag freitag samstag sonntag
"""
_PERIOD_WORDS = """
    day days week weeks month months year years hour hours
    tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunde stunden
"""
_CURRENCY_WORDS = "€ $ £ ¥ ₹ ₽ ₩ % eur euro euros usd dollar dollars gbp pound pounds chf jpy cny"
_OBLIGATIONS = frozenset(_OBLIGATION_WORDS.split())
_MONTHS = frozenset(_DATE_WORDS.split())
_PERIODS = frozenset(_PERIOD_WORDS.split())
_CURRENCIES = frozenset(_CURRENCY_WORDS.split())
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d|\d{1,2}:\d\d(?::\d\d)?")
_NEAR = 2  # tokens on either side of a number that say what it counts
_ORDER = list(Matter)


def find_matters(groups: Iterable[tuple[Change, Sequence[Token]]]) -> tuple[Matter, ...]:
    """Return what the changed words of a text are about, most important first."""
    changed: list[bool] = []
    tokens: list[Token] = []
    for change, group in groups:
        tokens += group
        changed += [change is not Change.SAME] * len(group)
    matters = {
        matter
        for position, is_changed in enumerate(changed)
        if is_changed
        for matter in _classify_token(tokens, position)
    }
    return tuple(sorted(matters, key=_ORDER.index))


def _classify_token(tokens: Sequence[Token], position: int) -> Iterator[Matter]:
    text = tokens[position].text
    word = text.lower()
    nearby = {each.text.lower() for each in tokens[max(position - _NEAR, 0) : position + _NEAR + 1]}
    if text[0].isdigit():
        if nearby & _CURRENCIES:
            yield Matter.AMOUNT
        elif _DATE.fullmatch(text) or nearby & _MONTHS:
            yield Matter.DATE
        else:
            yield Matter.NUMBER
    elif word in _CURRENCIES:
        yield Matter.AMOUNT
    elif word in _MONTHS or word in _PERIODS:
        yield Matter.DATE
    elif word in _OBLIGATIONS or word.endswith("n't"):
        yield Matter.OBLIGATION
    elif text[0].isupper() and position and len(text) > 1 and tokens[position - 1].text not in ".!?:":
        yield Matter.NAME
