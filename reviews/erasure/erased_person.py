"""The person who is erased, and whether a stored value names them.

Texts are compared composed (NFC) and casefolded. A text names a person if it contains their address, or one
of their names: a name of several words anywhere, however they are spaced, a name of one word only where a
list or the text consists of it, since it may be a word of the language too. With the last word first, a name
is an item of a list, or stands in writing, but not between two words. Where a value may be another address or
name as a whole, an address has to begin where none could go on, and a name is no part of a double one; where
people write, almost anything may stand around them, and what links encode or what does not show may stand
within.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from reviews.erasure.readings import list_readings, split_letters, split_reading
from reviews.identity import CHATS, Reviewer
from reviews.ledger.people_commitments import ERASED
from reviews.people.person_digests import list_person_digests
from reviews.text import clean_text
from reviews.wording.placeholders import has_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviews.erasure.readings import Letter

_ID_MEMBERS = ("id", "docspace_id", *(chat.member for chat in CHATS.values()))
_ATOM = r"\w!#$%&'*+\-/=?^`{|}~\u2019\""
"""What makes an address another one before it: RFC 5322's atoms and quotes, and the apostrophe of print."""
_MARK = r"['*_`~\"\u2019]"
_BEFORE_ADDRESS = rf"(?:(?<![{_ATOM}])(?<![{_ATOM}]\.)|(?<=(?P<mark>{_MARK}))(?<![{_ATOM}]{_MARK}))"
_AFTER_ADDRESS = r"(?![\w\-]|\.\w)(?(mark)(?=(?P=mark)))"
"""Between two equal marks, such as quotes, an address ends at the second."""
_IN_LINK = r"(?<=\|){address}(?=>)"
"""The text of a link as Slack writes it."""
_LETTER = r"[^\W_]"
_BEFORE_IN_WRITING = rf"(?<!{_LETTER})(?<!{_LETTER}[.+\-_'\u2019])"
_AFTER_IN_WRITING = rf"(?!{_LETTER}|[.\-]{_LETTER})"
"""In writing quotes, marks and signs end or begin an address: few have such in them, many stand beside."""
_SPACE = r"\s+"
_BEFORE_WORDS, _AFTER_WORDS = r"(?<!\w)(?<!\w[\-\u2010\u2011])", r"(?![\-\u2010\u2011]?\w)"
_BEFORE_WRITTEN_WORDS, _AFTER_WRITTEN_WORDS = r"(?<!\w)", r"(?!\w)"
_BEFORE_ITEM = r"(?:^|(?<=:)|(?<=,\s)|(?<=\n)|(?<=\sand\s)|(?<=\sund\s))\s*"
_AFTER_ITEM = r"(?=\s*(?:$|,|\n|\s(?:and|und)\s))"
_ITEM = f"{_BEFORE_ITEM}{{name}}{_AFTER_ITEM}"
_NO_WORD_BEFORE = r"(?:^\s*|(?<=\n)\s*|(?<=[^\w\s])|(?<=[^\w\s]\s)\s*)"
_NO_WORD_AFTER = r"(?![^\S\n]+\w)"
_LAST_FIRST_WRITTEN = (
    f"(?:{_NO_WORD_BEFORE}{{name}}|{_BEFORE_WRITTEN_WORDS}{{name}}{_NO_WORD_AFTER}){_AFTER_WRITTEN_WORDS}"
)
"""Between two words a name with the last one first is parts of two: "Anna Ozola, Dana Kalns"."""


@dataclass(frozen=True, kw_only=True)
class ErasedPerson:
    """A person by one address, in any case, with the ids and names under which they are stored.

    `ids` are those of DocSpace, `chat_ids` those of their accounts, each with its chat. The names are
    folded; the address is none of them.
    """

    address: str
    ids: frozenset[str] = frozenset()
    chat_ids: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", fold_text(self.address))
        names = {fold_text(each) for each in map(clean_text, self.names) if has_name(each)}
        object.__setattr__(self, "names", frozenset(names - {self.address}))

    def with_account(
        self,
        *,
        names: Iterable[str] = (),
        ids: Iterable[str] = (),
        chats: Iterable[tuple[str, str]] = (),
    ) -> ErasedPerson:
        """Return the person with further names, ids in DocSpace, and ids of accounts with their chats."""
        wanted = replace(
            self,
            names=self.names.union(names),
            ids=self.ids.union(ids),
            chat_ids=self.chat_ids.union(chats),
        )
        return self if wanted == self else wanted

    def with_object(self, value: Mapping[str, Any]) -> ErasedPerson:
        """Return the person with what a stored person says who is this one: without an address no ids."""
        name = value.get("name")
        named = self.with_account(names=[name] if isinstance(name, str) else [])
        if not (value.get("email") or self.shows_address(value)):
            return named
        chats = [(chat, str(value[each.member])) for chat, each in CHATS.items() if value.get(each.member)]
        ids = [str(value[each]) for each in ("id", "docspace_id") if value.get(each)]
        return named.with_account(ids=ids, chats=chats)

    def has_address(self, email: Any) -> bool:
        """Return whether a stored address is that of the person."""
        return isinstance(email, str) and fold_text(email) == self.address

    def shows_address(self, value: Mapping[str, Any]) -> bool:
        """Return whether a stored person has the address; without one an account may show it as its name."""
        name = value.get("name")
        return self.has_address(value.get("email") or (clean_text(name) if isinstance(name, str) else None))

    @cached_property
    def reversed_names(self) -> frozenset[str]:
        """The names of several words with the last one first, as in "Ozola, Dana"."""
        names = (name.split() for name in self.names if " " in name and "," not in name)
        return frozenset(f"{words[-1]}, {' '.join(words[:-1])}" for words in names)

    @cached_property
    def all_ids(self) -> frozenset[str]:
        return self.ids | {account for _, account in self.chat_ids}

    @cached_property
    def _folded_ids(self) -> frozenset[str]:
        return frozenset(map(fold_text, self.all_ids))

    @cached_property
    def digests(self) -> frozenset[str]:
        """The digests by which what they opened is stored."""
        by_address = Reviewer(name="", email=self.address)
        by_id = [Reviewer(name="", docspace_id=each) for each in self.ids]
        by_chat = [Reviewer(name="", chat_ids={chat: account}) for chat, account in self.chat_ids]
        return frozenset(list_person_digests([by_address, *by_id, *by_chat]))

    def may_be_in(self, text: Any) -> bool:
        """Return whether a text, or JSON as text, may name the person; if not, it does not.

        JSON may escape a letter in either case: then only the values say. SQLite may hold bytes and numbers
        in a column of texts.
        """
        if not isinstance(text, str) or "\\u" in text:
            return True
        readings = map(fold_text, list_readings(text))
        return any(hint in folded for folded in readings for hint in self._hints)

    def is_exactly(self, text: str) -> bool:
        """Return whether a text is an id, the address or a digest of the person, and nothing else."""
        folded = fold_text(text)
        return folded == self.address or folded in self._folded_ids or text in self.digests

    def is_identified_by(self, text: str) -> bool:
        """Return whether a text contains an id or the address of the person, or is a digest of them."""
        folded = fold_text(text)
        # Nearly all texts lack the addresses, which are found faster than by their pattern.
        may_have = any(each in folded for each in self._addresses)
        has_address = may_have and self._address.search(folded) is not None
        return has_address or self._any_id.search(folded) is not None or text in self.digests

    def is_written_in(self, text: str) -> bool:
        """Return whether a text that someone wrote contains an id, the address or a name of the person."""
        return any(
            self.is_identified_by(each)
            or self._written_address.search(fold_text(each))
            or self._written_name.search(fold_text(each))
            for each in list_readings(text)
        )

    def has_name(self, name: str) -> bool:
        """Return whether a name is one of the person's, as a whole."""
        return fold_text(clean_text(name)) in self.names | self.reversed_names

    def is_person(self, value: Mapping[str, Any]) -> bool:
        """Return whether a stored person is this one: by address, without one by id, without both by name.

        Who has another address shares an id at most.
        """
        ids = [value[name] for name in _ID_MEMBERS if value.get(name)]
        if value.get("email") or self.shows_address(value):
            return self.shows_address(value)
        if any(str(each) in self.all_ids for each in ids):
            return True
        name = value.get("name")
        return not ids and isinstance(name, str) and self.has_name(name)

    def redact(self, text: str) -> str:
        """Return names or addresses with `ERASED` in place of the person's address, ids and names."""
        return self._redact(text, self._address, self._any_id, self._any_name)

    def redact_writing(self, text: str) -> str:
        """Return a text that someone wrote with `ERASED` in place of the same.

        Where only what a link encodes or what shows names the person, the rest stays as it is stored.
        """
        patterns = (self._address, self._written_address, self._any_id, self._written_name)
        redacted = self._redact(text, *patterns)
        for pattern in patterns:
            if pattern.search(fold_text(list_readings(redacted)[-1])):
                redacted = _replace(pattern, split_reading(redacted))
        return redacted

    def redact_identifiers(self, text: str) -> str:
        """Return a text with `ERASED` in place of address and ids: a name may be a word of the program."""
        return self._redact(text, self._address, self._any_id)

    def _redact(self, text: str, *patterns: re.Pattern[str]) -> str:
        for pattern in patterns:
            if pattern.search(fold_text(text)):
                text = _replace(pattern, split_letters(text))
        return text

    @cached_property
    def _hints(self) -> frozenset[str]:
        """Texts of which each text that names the person contains one, also as JSON writes them.

        Of a name of several words it is the longest, since they may be spaced in any way.
        """
        words = (max(name.split(), key=len) for name in self.names)
        hints = {self.address, *words, *self.digests, *self._folded_ids}
        return frozenset({*hints, *(json.dumps(hint, ensure_ascii=False)[1:-1] for hint in hints)})

    @cached_property
    def _addresses(self) -> tuple[str, ...]:
        """The address, and the ids that have the form of one, such as that of an account in Microsoft 365."""
        ids = (each for each in self._folded_ids if "@" in each)
        return tuple(sorted({self.address, *ids}, key=len, reverse=True))

    @cached_property
    def _address(self) -> re.Pattern[str]:
        address = f"(?:{'|'.join(map(re.escape, self._addresses))})"
        in_link = _IN_LINK.replace("{address}", address)
        return re.compile(f"{_BEFORE_ADDRESS}{address}{_AFTER_ADDRESS}|{in_link}")

    @cached_property
    def _written_address(self) -> re.Pattern[str]:
        return re.compile(f"{_BEFORE_IN_WRITING}{re.escape(self.address)}{_AFTER_IN_WRITING}")

    @cached_property
    def _any_id(self) -> re.Pattern[str]:
        ids = sorted(map(re.escape, self._folded_ids.difference(self._addresses)), key=len, reverse=True)
        return re.compile(rf"(?<![\w\-])(?:{'|'.join(ids)})(?![\w\-])" if ids else "(?!)")

    @cached_property
    def _any_name(self) -> re.Pattern[str]:
        return self._compile_names(_BEFORE_WORDS, _AFTER_WORDS, _ITEM)

    @cached_property
    def _written_name(self) -> re.Pattern[str]:
        return self._compile_names(_BEFORE_WRITTEN_WORDS, _AFTER_WRITTEN_WORDS, _LAST_FIRST_WRITTEN)

    def _compile_names(self, before: str, after: str, last_first: str) -> re.Pattern[str]:
        """Return the pattern of any of the names.

        Args:
            before: What precedes a name of several words.
            after: What follows it.
            last_first: A name with the last word first, in place of `{name}`.
        """
        frames = {
            **{name: f"{before}{{name}}{after}" if " " in name else _ITEM for name in self.names},
            **dict.fromkeys(self.reversed_names, last_first),
        }
        return re.compile(
            "|".join(
                frames[name].replace("{name}", _SPACE.join(map(re.escape, name.split())))
                for name in sorted(frames, key=len, reverse=True)
            )
            or r"(?!)"
        )


def fold_text(text: str) -> str:
    """Return a text in the form in which texts are compared."""
    return text.casefold() if text.isascii() else normalize("NFC", text).casefold()


def is_person_object(value: Mapping[str, Any]) -> bool:
    """Return whether a stored value is a person: it has a name, and an address or an id."""
    return "name" in value and ("email" in value or any(name in value for name in _ID_MEMBERS))


def _replace(pattern: re.Pattern[str], letters: Sequence[Letter]) -> str:
    """Return a text with `ERASED` in place of what the pattern finds in its casefolded form.

    A letter may be several when it is casefolded: `ß` is `ss`.
    """
    folded = [each.shown.casefold() for each in letters]
    ends = list(accumulate(map(len, folded)))
    pieces, rest = [], 0
    for match in pattern.finditer("".join(folded)):
        first, last = bisect_right(ends, match.start()), bisect_left(ends, match.end())
        pieces += [*(each.stored for each in letters[rest:first]), ERASED]
        rest = last + 1
    return "".join([*pieces, *(each.stored for each in letters[rest:])])
