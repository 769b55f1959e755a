"""Commands about a person, whose usage errors repeat no address."""

from __future__ import annotations

import click

from runtime.commands.lazy_group import LazyGroup

NO_COMMAND = "a command is missing before the address, such as erase"


class AddressGroup(LazyGroup):
    """A group whose usage errors repeat no address in place of a command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if "@" not in error.format_message():
                raise
            raise click.UsageError(NO_COMMAND) from None
