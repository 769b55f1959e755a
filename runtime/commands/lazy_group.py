"""Command groups whose commands are imported when they are invoked.

A table has the place and the short help of each command, so help and completion import none of them.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Mapping


_ANY_LENGTH = 1000


@dataclass(frozen=True)
class CommandPlace:
    """Where a command is: its module and the name in it after a colon. `help` is its first sentence."""

    place: str
    help: str

    def load(self, _name: str) -> click.Command:
        command: click.Command = pkgutil.resolve_name(self.place)
        return command


@dataclass(frozen=True)
class GroupPlaces:
    """A group of commands by their names; `kind` is the class of the group, if it has one of its own."""

    help: str
    places: Mapping[str, CommandPlace | GroupPlaces]
    kind: type[LazyGroup] | None = None

    def load(self, name: str) -> click.Command:
        return (self.kind or LazyGroup)(name, help=self.help, places=self.places)


class LazyGroup(click.Group):
    """Group of commands, each imported when it is invoked: a listing need not wait for the web server."""

    def __init__(self, *args: Any, places: Mapping[str, CommandPlace | GroupPlaces], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = self.places.get(cmd_name)
        return place.load(cmd_name) if place else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in self.places.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, or an option of this group."""
        names = [
            CompletionItem(name, help=place.help)
            for name, place in self.places.items()
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or raise `NoSuchCommand` with names like the one that was given."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=self.places, ctx=ctx
            ) from None


class WholeHelpGroup(click.Group):
    """Group whose help has the first sentence of each command to its end, as that of a `LazyGroup`."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        rows = [(name, each.get_short_help_str(_ANY_LENGTH)) for name, each in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def run_later(place: str, **options: Any) -> None:
    """Import what a command does, and do it: its options need not wait for that when they are completed."""
    pkgutil.resolve_name(place)(**options)
