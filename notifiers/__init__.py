"""The channels to people: one module or package for each, found by walking this folder.

Routes name a channel by its module, with `-` for `_` (`slack:C0123456789`, `console`). A channel offers:

- `build(context)`: returns its `reviews.cards.notifier.Notifier` without connecting anywhere, or raises
  `UnusableSetting`
- `EXAMPLE`: a target with its address, or `None` for a channel that is one place
- `why_not(address)`, if it has addresses: why a text is no address of this channel, or `None`
- `LEADS_TO_PAGE = True`, if its cards lead to the acknowledge page
- `REACHES_PEOPLE = True`, if it can write to a person alone
- `SILENT = True`, if it sends nothing beside its cards
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviews.routes.route import AddressForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviews.cards.notifier import Notifier
    from reviews.model import Answerable
    from reviews.people.identification import Directory


SHARED_FOLDER = "shared"  # what several channels share; no channel itself


class UnusableSetting(Exception):
    """A setting of a channel can't be used; the message names it in one line, and holds no secret."""


@dataclass(frozen=True, kw_only=True)
class ChannelContext:
    """What a channel may use: a setting by name (raises if it is empty), the page's signed link.

    `option` returns a setting that may be empty.

    `comment` writes into a file's version history: the file's id, the version, the text. `conversation`
    returns what the remote service sent about an address, by channel and address. `directory` has the people
    of a chat, and `addresses` are those that the routes use.
    """

    setting: Callable[[str], str]
    option: Callable[[str], str]
    acknowledge_link: Callable[[Answerable], str]
    comment: Callable[[str, int, str], None]
    conversation: Callable[[str, str], Mapping[str, str] | None]
    directory: Directory
    addresses: frozenset[str] = frozenset()


def list_channels() -> list[str]:
    """Return the existing channels."""
    modules = {module.name for module in pkgutil.iter_modules(__path__)} - {SHARED_FOLDER}
    return sorted(module.replace("_", "-") for module in modules)


def list_address_forms() -> Mapping[str, AddressForm | None]:
    """Return the existing channels, each with the form of its addresses, or `None` if it has none."""
    return _AddressForms(list_channels())


def has_page_links(name: str) -> bool:
    """Return whether people answer a channel's cards on the acknowledge page."""
    return getattr(_import_channel(name), "LEADS_TO_PAGE", False)


def can_reach_people(name: str) -> bool:
    """Return whether a channel can write to a person alone: it takes `@<address>` as a target."""
    return getattr(_import_channel(name), "REACHES_PEOPLE", False)


def list_silent_channels() -> AbstractSet[str]:
    """Return the channels that send nothing beside their cards."""
    return _SilentChannels(list_channels())


def build(name: str, context: ChannelContext) -> Notifier:
    """Return the channel of that name, ready to use."""
    notifier: Notifier = _import_channel(name).build(context)
    return notifier


class _AddressForms(Mapping[str, "AddressForm | None"]):
    """The forms of addresses by channel. A channel, and its library, is imported when its form is read."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> AddressForm | None:
        if name not in self._names:
            raise KeyError(name)
        module = _import_channel(name)
        if not module.EXAMPLE:
            return None
        return AddressForm(example=module.EXAMPLE, find_problem=module.why_not)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _SilentChannels(AbstractSet[str]):
    """The silent channels. A channel, and its library, is imported when it is looked for."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name in self._names and bool(getattr(_import_channel(str(name)), "SILENT", False))

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @classmethod
    def _from_iterable(cls, names: Iterable[str]) -> set[str]:  # type: ignore[override]
        """Return the result of an operator such as `-`: a set of any names."""
        return set(names)


def _import_channel(name: str) -> Any:
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
