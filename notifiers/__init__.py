"""We talk to people: one module or package a channel, found by walking this folder.

A channel is reached in routes by the name of its module (`slack:C0123456789`, `console`). It offers
`build(surroundings)`, which returns its `reviews.ports.Notifier` without connecting anywhere, and `EXAMPLE`,
a target with its address, or `None` for a channel that is one place.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.card import Card
    from reviews.ports import Notifier


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a channel may ask for: a setting by name (raises where it is empty), the page's signed link."""

    setting: Callable[[str], str]
    acknowledge_link: Callable[[Card], str]


def names() -> list[str]:
    """Return the channels that exist."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def examples() -> dict[str, str | None]:
    """Return the channels that exist, each with an example of its target, or `None` where it needs none."""
    return {name: _module(name).EXAMPLE for name in names()}


def build(name: str, surroundings: Surroundings) -> Notifier:
    """Return the channel of that name, ready to use."""
    notifier: Notifier = _module(name).build(surroundings)
    return notifier


def _module(name: str) -> Any:
    return importlib.import_module(f"{__name__}.{name}")
