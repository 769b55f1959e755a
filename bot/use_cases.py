"""What people in chat do and ask: built once by the composition root, and handed to the app of each chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.command import Commands
    from reviews.answers.answers import Answers
    from reviews.answers.menu import Menu
    from reviews.answers.reassignment import Reassignment
    from reviews.operations.canaries import Canaries
    from reviews.people.directory import Directory


@dataclass(frozen=True, kw_only=True)
class UseCases:
    """`canaries` are acknowledged in chat; `commands` answer what is typed there."""

    answers: Answers
    menu: Menu
    hand_over: Reassignment
    canaries: Canaries
    commands: Commands
    directory: Directory
