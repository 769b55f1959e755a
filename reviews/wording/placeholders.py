"""What people and documents are called that have no name: in the record in English, else as readers speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, capital, listed, marked
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

SOMEBODY = marked("somebody")
UNNAMED = marked("somebody DocSpace could not name")
HIDDEN = marked("a person whose name is hidden")
REMOVED = marked("a removed person")
GUEST = marked("a guest with a link")
DOCSPACE = marked("DocSpace itself")
LINK_HOLDER = marked("somebody who holds the link")
_ALL = frozenset({SOMEBODY, UNNAMED, HIDDEN, REMOVED, GUEST, DOCSPACE, LINK_HOLDER})
_EXTERNAL = marked("{name} (external)")
_MARK = _EXTERNAL.removeprefix("{name}")


def external(name: str) -> str:
    """Return what the record calls somebody of another company."""
    return _EXTERNAL.format(name=name)


def called(name: str) -> str:
    """Return a name as the record has it in the language that is spoken."""
    if name in _ALL:
        return _(name)
    return _(_EXTERNAL).format(name=name.removesuffix(_MARK)) if name.endswith(_MARK) else name


def has_name(name: str) -> bool:
    """Tell whether a name is one that somebody has, and none of those that stand in for it."""
    return bool(plain(name)) and name not in _ALL


def kept(names: Iterable[str]) -> str:
    """Return names as a notice keeps them until it is sent: one a line, in the words of the record."""
    return "\n".join(filter(None, map(plain, names)))


def told(names: str) -> str:
    """Return names that were kept, in the language that is spoken; somebody, where there are none."""
    return listed([called(name) for name in map(plain, names.splitlines()) if name] or [called(SOMEBODY)])


def begun(sentence: str) -> str:
    """Return a sentence as it begins, also with somebody who has no name; names stay as people write them."""
    return capital(sentence) if sentence.startswith(tuple(map(_, _ALL))) else sentence


def titled(title: str) -> str:
    """Return a title as one line, or what stands for it where there is none to be seen."""
    return plain(title) or _("a document without a title")
