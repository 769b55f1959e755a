"""What changed words are about: amounts, dates, numbers, obligations, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.comparison.parts import Matter
from documents.comparison.words import WordChange
from documents.passages import RunMark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from documents.comparison.words import Word

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
_NUMBER_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
    billion half quarter once twice double triple dozen
    null zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
    siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend
    million millionen milliarde milliarden halb doppelt dutzend
"""
_OBLIGATIONS = frozenset(_OBLIGATION_WORDS.split())
_MONTHS = frozenset(_DATE_WORDS.split())
_PERIODS = frozenset(_PERIOD_WORDS.split())
_CODES = ("eur", "usd", "gbp", "chf", "jpy", "cny")
_CURRENCIES = frozenset(_CURRENCY_WORDS.split())
_NUMBERS = frozenset(_NUMBER_WORDS.split())
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d|\d{1,2}:\d\d(?::\d\d)?")
_NEAR = 2  # tokens on either side of a number that say what it counts
_ORDER = list(Matter)


def find_matters(groups: Iterable[tuple[WordChange, Sequence[Word]]]) -> tuple[Matter, ...]:
    """Return what the changed words of a text are about, most important first."""
    changed: list[bool] = []
    tokens: list[Word] = []
    for change, group in groups:
        tokens += group
        changed += [change is not WordChange.SAME] * len(group)
    matters = {
        matter
        for position, is_changed in enumerate(changed)
        if is_changed
        for matter in _classify_token(tokens, position)
    }
    return tuple(sorted(matters, key=_ORDER.index))


def _classify_token(tokens: Sequence[Word], position: int) -> Iterator[Matter]:
    text = tokens[position].text
    word = text.lower()
    nearby = {each.text.lower() for each in tokens[max(position - _NEAR, 0) : position + _NEAR + 1]}
    if _is_number(tokens[position]):
        if nearby & _CURRENCIES or any(word.startswith(each) for each in _CODES):
            yield Matter.AMOUNT
        elif _DATE.fullmatch(text) or nearby & _MONTHS:
            yield Matter.DATE
        else:
            yield Matter.NUMBER
    elif word in _CURRENCIES:
        yield Matter.AMOUNT
    elif word in _MONTHS or word in _PERIODS:
        yield Matter.DATE
    elif word in _OBLIGATIONS or word.endswith(("n't", "n\u2019t")):
        yield Matter.OBLIGATION
    elif text[0].isupper() and position and len(text) > 1 and tokens[position - 1].text not in ".!?:":
        yield Matter.NAME
    elif position and tokens[position].is_word and _is_count(tokens[position - 1]):
        yield Matter.NUMBER  # its unit


def _is_count(token: Word) -> bool:
    return _is_number(token) and not _DATE.fullmatch(token.text)


def _is_number(token: Word) -> bool:
    """Return whether a token has digits or is a number in words: `30`, `-5`, `EUR500`, `thirty-day`."""
    if token.mark in {RunMark.LINK, RunMark.FORMULA, RunMark.FIELD}:
        return token.text[0].isdigit()
    pieces = token.text.lower().split("-")
    return any(each.isnumeric() for each in token.text) or not _NUMBERS.isdisjoint(pieces)
