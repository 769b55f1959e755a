"""What DATABASE_URL may say, and what PostgreSQL's client reads beside it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from store.database_address import UnusableAddress, parse_address
from tests.edge.hostile_postgresql import CLEARTEXT, HostilePostgresql, refuse
from tests.meta.pages_of_docs import ROOT
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = {
    "sslkey": "postgresql://me@h/n?sslmode=require&sslkey=/folder/evil.so:k",
    "sslcert": "postgresql://me@h/n?sslcert=/folder/c.pem",
    "sslpassword": "postgresql://me@h/n?sslpassword=x",
    "sslcrl": "postgresql://me@h/n?sslcrl=/x",
    "sslkeylogfile": "postgresql://me@h/n?sslkeylogfile=/home/me/.profile",
    "service": "postgresql://me@h/n?service=evil",
    "servicefile": "postgresql://me@h/n?servicefile=/x",
    "passfile": "postgresql://me@h/n?passfile=/x",
    "options": "postgresql://me@h/n?options=-c%20session_preload_libraries%3Devil",
    "hostaddr": "postgresql://me@h/n?hostaddr=10.0.0.1",
    "target_session_attrs": "postgresql://me@h/n?target_session_attrs=any",
    "krbsrvname": "postgresql://me@h/n?krbsrvname=x",
    "dbname": "postgresql://me@h/?dbname=n",
    "plugin": "postgresql://me@h/n?plugin=evil",
    "SSLKEY": "postgresql://me@h/n?SSLKEY=/x",
    "evil\\x1b": "postgresql://me@h/n?evil%1b=1",
    "host must": "postgresql://me@one,two/n",
    "host ": "postgresql://me@/n?host=one&host=two",
    "port": "postgresql://me@/n?port=1,2",
    "sslmode": "postgresql://me@h/n?sslmode=off",
    "postgresql+evil": "postgresql+evil://me@h/n",
    "the user": "postgresql://me%00@h/n?sslmode=verify-full",
    "the password": "postgresql://me:x%00@h/n",
    "the database's name": "postgresql://me@h/n%00",
    "user must": "postgresql://h/n?user=me%00",
    "the ?": "sqlite:///a.db?plugin=evil",
    "must end": "sqlite:////home/me/.profile",
}
TAKEN = (
    "postgres://me:p%40ss@h:5432/n",
    "postgresql://me@/n?host=/run/a%20folder&port=5433",
    "postgresql://me@[::1]/n",
    "postgresql://me@h/n?sslmode=verify-full&sslrootcert=system&application_name=mine",
    "postgresql:///n?user=me&password=x",
    "sqlite:////srv/reviews.db",
)


def test_what_is_not_in_the_closed_list_is_refused_by_its_name() -> None:
    for name, address in REFUSED.items():
        with pytest.raises(UnusableAddress) as refusal:
            parse_address(address)
        assert name in str(refusal.value), address
        assert str(refusal.value).isprintable()
        assert "evil.so" not in str(refusal.value)


def test_what_is_in_it_is_taken_and_its_own_form_too() -> None:
    for address in TAKEN:
        url = parse_address(address)
        assert parse_address(url.render_as_string(hide_password=False)) == url


def test_a_library_named_as_a_key_is_not_loaded(tmp_path: Path) -> None:
    with HostilePostgresql(refuse(b"x")) as server:
        address = f"postgresql://me@127.0.0.1:{server.port}/n?sslmode=require&sslkey={tmp_path}/evil.so:k"
        done = run_command(["reviews", "list"], DATABASE_URL=address)

    assert (done.code, server.heard) == (2, [])
    assert done.err.startswith("docspace-review: DATABASE_URL: sslkey is not taken there")


def test_no_file_of_the_home_folder_and_no_name_of_the_environment_says_more(tmp_path: Path) -> None:
    """A service leads to another server, and a pass file hands it a password."""
    (tmp_path / ".pgpass").write_text("*:*:*:*:s3cr3t\n")
    (tmp_path / ".pgpass").chmod(0o600)
    with HostilePostgresql(CLEARTEXT) as server, HostilePostgresql(refuse(b"the one that is meant")) as meant:
        (tmp_path / ".pg_service.conf").write_text(f"[evil]\nhostaddr=127.0.0.1\nport={server.port}\n")
        program = "import sys; from runtime.cli import cli, run; sys.exit(run(cli, ['reviews', 'list']))"
        environment = {
            "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PGSERVICE": "evil", "PGOPTIONS": "-c evil",
            "DATABASE_URL": "postgresql://me@127.0.0.1/n", "PGPORT": str(meant.port),
        }  # fmt: skip
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False)

    assert (server.heard, meant.heard) == ([], [b""])
    assert b"the one that is meant" in done.stderr


def test_a_password_goes_in_clear_to_no_server_that_has_not_proven_who_it_is() -> None:
    with HostilePostgresql(CLEARTEXT) as server:
        address = f"postgresql://me:s3cr3t@127.0.0.1:{server.port}/n"
        done = run_command(["reviews", "list"], DATABASE_URL=address)

    assert done.code == 2
    assert b"s3cr3t" not in b"".join(server.heard)


def test_what_a_server_says_moves_no_cursor_and_fills_no_terminal() -> None:
    sentence = b"\x1b[2J\x1b]0;title\x07\xe2\x80\xae" + b"x" * 20_000
    with HostilePostgresql(refuse(sentence)) as server:
        done = run_command(["reviews", "list"], DATABASE_URL=f"postgresql://me@127.0.0.1:{server.port}/n")

    assert done.code == 2
    assert done.err[:-1].isprintable()
    assert len(done.err) < 5000
