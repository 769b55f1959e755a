"""Use cases for people in chat: built once by the composition root and passed to each chat's app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.command import Commands
    from reviews.answers.answers import Answers
    from reviews.answers.change_pages import ChangePages
    from reviews.answers.menu import Menu
    from reviews.answers.openings import Openings
    from reviews.answers.reassignment import Reassignment
    from reviews.monitoring.canaries import Canaries
    from reviews.people.identification import Directory


@dataclass(frozen=True, kw_only=True)
class UseCases:
    """The use cases of a chat app; `canaries` are acknowledged in chat, `commands` answer typed commands."""

    answers: Answers
    menu: Menu
    change_pages: ChangePages
    openings: Openings
    reassignment: Reassignment
    canaries: Canaries
    commands: Commands
    directory: Directory
