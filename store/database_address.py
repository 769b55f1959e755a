"""What `DATABASE_URL` may say: a closed list, as each further parameter is a door of PostgreSQL's client.

Its parameters name files and programs: `sslkey` loads a library, `service` and `passfile` read what others
wrote, `sslkeylogfile` writes (libpq, Parameter Key Words).
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import Any

import sqlalchemy as sa

MAX_PORT = 65535
_PARAMETERS = ("host", "port", "user", "password", "sslmode", "sslrootcert", "application_name")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_HOST = re.compile(r"[A-Za-z0-9._:-]+|/[^,]*")
_SQLITE_ENDINGS = (".db", ".sqlite", ".sqlite3")


class UnusableAddress(ValueError):
    """DATABASE_URL names no database that we can use; the message says why, without any password."""


def parse_address(address: str) -> sa.URL:
    """Return the parts of an address; raise `UnusableAddress` for what is not in the closed list."""
    try:
        url = sa.make_url(address.replace("postgres://", "postgresql://", 1))
    except (sa.exc.ArgumentError, ValueError):
        raise UnusableAddress(
            "DATABASE_URL is not a database address: write sqlite:///file.db or postgresql://user@host/name"
        ) from None
    if "@" in (url.host or ""):
        raise UnusableAddress("DATABASE_URL: a user or password that holds @ must write it as %40")
    # The client would end what it is told at a NUL: without what `close_client` says, and without TLS.
    for part, text in (("user", url.username), ("password", url.password), ("database's name", url.database)):
        if any(unicodedata.category(char) == "Cc" for char in str(text or "")):
            raise UnusableAddress(f"DATABASE_URL: the {part} holds a control character")
    if url.drivername in {"postgresql", "postgresql+psycopg"}:
        _require_listed(url)
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise UnusableAddress(f"DATABASE_URL names {url.drivername}: only SQLite and PostgreSQL are taken")
    _require_file(url)
    return url


def close_client(url: sa.URL) -> dict[str, Any]:
    """Return what PostgreSQL's client is told so that it reads no key and no password of the home folder.

    A password in clear is only for a server that has proven who it is: otherwise any server could ask for it.
    """
    is_proven = str(url.query.get("sslmode", "")).startswith("verify-")
    return {
        "passfile": f"{os.devnull}/none",  # can't exist; without a name it would be ~/.pgpass
        "sslcertmode": "disable",
        "gssencmode": "disable",
        **({} if is_proven else {"require_auth": "!password"}),
    }


def _require_listed(url: sa.URL) -> None:
    for name, value in url.query.items():
        if name not in _PARAMETERS:
            raise UnusableAddress(
                f"DATABASE_URL: {ascii(name)[1:-1][:40]} is not taken there; after the ? may stand "
                f"{', '.join(_PARAMETERS)}"
            )
        if not isinstance(value, str) or not value or not value.isprintable():
            raise UnusableAddress(f"DATABASE_URL: {name} must stand there once, with a value")
    if not url.database:
        raise UnusableAddress("DATABASE_URL has no database name: write postgresql://user@host/name")
    for host in (url.host, url.query.get("host")):
        if host is not None and not _HOST.fullmatch(str(host)):
            raise UnusableAddress("DATABASE_URL: host must be one host, or the folder of one socket")
    port = str(url.query.get("port", "1"))
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= MAX_PORT):
        raise UnusableAddress(f"DATABASE_URL: port must be one number from 1 to {MAX_PORT}")
    if url.query.get("sslmode", "prefer") not in _SSL_MODES:
        raise UnusableAddress(f"DATABASE_URL: sslmode must be one of {', '.join(_SSL_MODES)}")


def _require_file(url: sa.URL) -> None:
    """Refuse a URI, and a name under which another program would read what SQLite writes."""
    if url.database in {None, "", ":memory:"}:
        raise UnusableAddress("DATABASE_URL names no file: write sqlite:///docspace-review.db")
    if (url.database or "").startswith("file:"):
        raise UnusableAddress("DATABASE_URL names a file by a URI: write sqlite:///docspace-review.db")
    if url.query:
        raise UnusableAddress("DATABASE_URL: nothing may stand after the ? of a SQLite file")
    if not (url.database or "").endswith(_SQLITE_ENDINGS):
        raise UnusableAddress(f"DATABASE_URL: a SQLite file must end with {', '.join(_SQLITE_ENDINGS)}")
