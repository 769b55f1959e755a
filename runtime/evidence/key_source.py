"""Where the ledger's key comes from: a setting, or the file beside a SQLite database."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviews.ledger.hash_chain import LedgerBroken
from runtime.evidence.key_file import UnusableKeyFile, create_key_file, read_key_file
from runtime.evidence.ledger_key import LedgerKey, LedgerKeys, make_ledger_key, parse_ledger_key
from runtime.settings.setting_kinds import parse_origin
from runtime.settings.settings import Settings, UnusableSettings
from store import chain, ledger_tree

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa


def load_ledger_keys(settings: Settings, file: Path | None) -> LedgerKeys:
    """Return the keys of the settings, else those in a file; raise `UnusableSettings` for an unusable one."""
    current, previous = (
        _parse_setting(settings, "LEDGER_KEY"),
        _parse_setting(settings, "LEDGER_KEY_PREVIOUS"),
    )
    if current is not None:
        return LedgerKeys(current=current, previous=previous)
    if previous is not None:
        raise UnusableSettings("LEDGER_KEY_PREVIOUS: has no effect without LEDGER_KEY")
    try:
        return LedgerKeys() if file is None else read_key_file(file)
    except UnusableKeyFile as error:
        raise UnusableSettings(f"LEDGER_KEY: {error}") from error


def create_missing_key(engine: sa.Engine, file: Path | None) -> bool:
    """Create the key of a SQLite database at its first start; return whether it was created.

    A key that has signed is never replaced by a new one: its file is missing and has to be put back.
    """
    if file is None or file.exists() or ledger_tree.list_used_keys(engine):
        return False
    try:
        key = make_ledger_key(chain.read_pinned_head(engine), secrets.token_urlsafe)
        return create_key_file(file, LedgerKeys(current=key))
    except (LedgerBroken, UnusableKeyFile) as error:
        raise UnusableSettings(f"LEDGER_KEY: {error}") from error


def find_origin(settings: Settings) -> str:
    """Return the name of the ledger in its checkpoints; raise `UnusableSettings` where none can be made."""
    host = urlsplit(settings.outside_address).hostname or ""
    try:
        return settings.ledger_origin or parse_origin(host)
    except ValueError as error:
        raise UnusableSettings(f"LEDGER_ORIGIN: is needed, since the host of PUBLIC_URL {error}") from None


def _parse_setting(settings: Settings, name: str) -> LedgerKey | None:
    text = settings.get_option(name)
    try:
        return parse_ledger_key(text) if text else None
    except ValueError as error:
        raise UnusableSettings(f"{name}: {error}") from None
