"""The settings: what is taken, and what is refused before anything starts."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from runtime.commands.processes.serve import resolve_listen_address
from runtime.settings import settings
from runtime.settings.environment import publish_defaults
from runtime.settings.routes_source import read_routes_text
from runtime.settings.setting_kinds import parse_signing_key
from runtime.settings.settings import UnusableSettings
from tests.journeys.installation import free_port

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = {
    "proxies that are no number": ("TRUSTED_PROXIES", "all"),
    "fewer proxies than none": ("TRUSTED_PROXIES", "-1"),
    "a port that is a word": ("PORT", "http"),
    "a port above all": ("PORT", "65536"),
    "a port without end": ("PORT", "9" * 5000),
    "no host": ("HOST", ""),
    "a host that is no text": ("HOST", "\udcff"),
    "no routing file": ("ROUTES_FILE", ""),
    "routes that are no text": ("ROUTES", "\udcff"),
    "an address without a host": ("PUBLIC_URL", "https://"),
    "an address with half a bracket": ("PUBLIC_URL", "https://[::1"),
    "an address with a space": ("PUBLIC_URL", "https://a b"),
    "an address with an odd port": ("PUBLIC_URL", "https://a:b"),
    "an address with a path": ("PUBLIC_URL", "https://example.com/reviews"),
    "an address with a question": ("PUBLIC_URL", "https://example.com?a=b"),
    "an address with a user": ("PUBLIC_URL", "https://user@example.com"),
    "a workflow without a name": ("TEAMS_WORKFLOW", "https://flow.example.com/invoke?sig=s3cr3t"),
    "a workflow's file without a name": ("TEAMS_WORKFLOW_FILE", "/run/secrets/workflow"),
    "a service with half a name": ("APPRISE_", "mailto://user:s3cr3t@example.com"),
    "a workflow on two lines": ("TEAMS_WORKFLOW_AUDIT", "https://flow.example.com\n/invoke?sig=s3cr3t"),
    "a portal of another kind": ("DOCSPACE_API_HOST", "ftp://acme.example"),
    "a portal with a space": ("DOCSPACE_API_HOST", "acme example"),
    "a secret that is no text": ("SECRET_KEY", "\udcff"),
    "a short signing key": ("SECRET_KEY", "s3cr3t"),
    "a signing key of few characters": ("SECRET_KEY", "s3cr3t" * 8),
    "the key of an example": ("SECRET_KEY", "any long random text"),
    "the key of an example, made longer": ("SECRET_KEY", "A-Long-Random-Text 0123456789 s3cr3t"),
    "a key that was cut short": ("DOCSPACE_API_KEY", "sk-1…"),
    "a token that was cut short": ("SLACK_BOT_TOKEN", "xoxb-1…"),
    "a loud log": ("LOG_LEVEL", "loud"),
    "a webhook that is healed a little": ("WEBHOOK_HEAL", "sometimes"),
}


@pytest.mark.parametrize(("name", "value"), REFUSED.values(), ids=REFUSED)
def test_a_setting_that_can_not_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(UnusableSettings) as refused:
        settings.load()

    assert str(refused.value).startswith(f"{name}: ")
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["a short signing key", "a signing key of few characters", "the key of an example"]
)
def test_who_has_no_good_signing_key_is_given_the_command_that_makes_one(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(*REFUSED[name])
    with pytest.raises(UnusableSettings) as refused:
        settings.load()
    [command] = re.findall(r"python3 -c '([^']+)'", str(refused.value))

    made = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout

    monkeypatch.setenv("SECRET_KEY", made)
    assert settings.load().get_option("SECRET_KEY") == made.strip()
    assert "\n" not in str(refused.value)


def test_a_key_that_a_generator_makes_is_taken_and_so_is_none() -> None:
    random = Random(1)  # noqa: S311 - the same keys each time
    for _ in range(2000):
        made = random.randbytes(32)
        halves = [str(UUID(bytes=half, version=4)) for half in (made[:16], made[16:])]
        hexadecimal, in_base64 = made.hex(), b64encode(made).decode()
        url_safe = urlsafe_b64encode(made).decode().rstrip("=")
        for key in (hexadecimal, hexadecimal[:32], in_base64, f" {url_safe} ", "".join(halves)):
            assert parse_signing_key(key).get_secret_value() == key.strip()
    assert settings.load({"secret_key": ""}).get_option("SECRET_KEY") == ""


@pytest.mark.parametrize(
    "key",
    [
        "qwertyuiopasdfghjklzxcvbnm123456", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,",
        "POIUYTREWQ" + "lkjhgfdsa" * 3,
        "1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y", "0123456789abcdef" * 2, "abcdefgh12345678" * 2, "Wq3-k9Zt" * 4,
        "00112233445566778899aabbccddeeff", "ZYXWVUTSRQPONMLKJIHGFEDCBA987654",
        "13579bdfhjlnprtvxz02468acegikmoqs",
        "changeme1" * 4, "secretpassword" * 3, "SuperSecretPassword1234567890!!!!",
        "Zq8v3rW6yKf0bXs2LmT9cH" * 2,
        "changeme-secret-password-example-default", "ChangeMe!ChangeMe?ChangeMe.ChangeMe",
    ],
)  # fmt: skip
def test_a_key_of_patterns_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"^holds repeats, sequences or common words: .*token_urlsafe"):
        parse_signing_key(key)


@pytest.mark.parametrize(
    ("key", "says"),
    [(("0123456789abcdef" * 2)[1:], "has 31 characters"), ("abcdefg" * 5, "has 7 different characters")],
)
def test_a_key_of_one_character_too_few_is_refused(key: str, says: str) -> None:
    with pytest.raises(UnusableSettings, match=f"^SECRET_KEY: {says}"):
        settings.load({"secret_key": key})


@pytest.mark.parametrize(
    "value", ["acme.example", "acme.example:8443", "https://acme.example/", "http://[::1]:80"]
)
def test_the_portal_is_named_with_or_without_its_scheme(value: str) -> None:
    assert settings.load({"docspace_api_host": value}).docspace_api_host == value


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe", "is not text in UTF-8"), (None, "No such file"), ("folder", "Is a directory")],
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "PORT", "DATABASE_URL"])
def test_a_file_that_can_not_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: Any, says: str
) -> None:
    file = tmp_path / "secret"
    if content == "folder":
        file.mkdir()
    elif content:
        file.write_bytes(content)
    monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(f"{name}_FILE", str(file))

    with pytest.raises(UnusableSettings) as refused:
        settings.load()

    assert str(refused.value).startswith(f"{name}_FILE: ")
    assert says in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_file_with_a_nul_is_no_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "host").write_bytes(b"a\0b")
    monkeypatch.setenv("HOST_FILE", str(tmp_path / "host"))

    with pytest.raises(UnusableSettings, match="HOST: holds a NUL"):
        settings.load()


def test_no_representation_of_the_settings_shows_a_secret() -> None:
    secrets = {"slack_bot_token": "xoxb-s3cr3t", "apprise": {"ops": "json://user:s3cr3t@example.com"}}

    loaded = settings.load(secrets)

    assert loaded.get_option("APPRISE_OPS") == "json://user:s3cr3t@example.com"
    assert "s3cr3t" not in repr(loaded)


def test_the_name_of_a_setting_may_be_in_lower_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("sweep_minutes", " 30 ")

    assert settings.load().sweep_minutes == 30


def test_a_routing_file_that_is_named_has_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    short = {"compliance_folder_id": "1", "department_owner_email": "olga@company.com"}

    assert read_routes_text(settings.parse_settings(short))[0] == "the short settings"
    with pytest.raises(UnusableSettings, match=r"^ROUTES_FILE: there is no file routes\.toml"):
        read_routes_text(settings.parse_settings({**short, "routes_file": "routes.toml"}))


def test_a_default_of_a_program_gives_way_to_what_the_operator_has_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")
    monkeypatch.setenv("GLIBC_TUNABLES", "")  # so that it is restored afterwards
    monkeypatch.delenv("GLIBC_TUNABLES")

    publish_defaults({"MALLOC_ARENA_MAX": "2", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"})

    assert os.environ["MALLOC_ARENA_MAX"] == "8"  # noqa: TID251
    assert os.environ["GLIBC_TUNABLES"] == "glibc.malloc.tcache_count=0"  # noqa: TID251


def test_an_address_of_numbers_and_colons_is_put_in_brackets() -> None:
    assert settings.load({"host": "::1", "port": 3000}).outside_address == "http://[::1]:3000"
    assert settings.load({"host": "0.0.0.0", "port": 80}).outside_address == "http://0.0.0.0:80"  # noqa: S104


def test_a_host_may_be_named() -> None:
    assert resolve_listen_address("localhost", free_port()) == "127.0.0.1"


@pytest.mark.parametrize("host", ["no-host.invalid", "a..b", "::1::", "[::1]", "a" * 300])
def test_a_host_that_does_not_exist_is_refused(host: str) -> None:
    with pytest.raises(UnusableSettings, match=r"HOST: there is no address"):
        resolve_listen_address(host, 3000)


def test_a_port_that_is_taken_is_refused() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]

        with pytest.raises(UnusableSettings, match=f"HOST, PORT: can't listen on 127.0.0.1, port {port}"):
            resolve_listen_address("127.0.0.1", port)


@pytest.mark.parametrize("name", ["TEAMS_WORKFLOW_AUDIT", "APPRISE_OPS", "SMTP_URL"])
def test_an_address_that_stands_where_its_file_belongs_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"{name}_FILE", "https://flow.example.com/invoke?sig=s3cr3t")

    with pytest.raises(UnusableSettings) as refused:
        settings.load()

    assert str(refused.value).startswith(f"{name}_FILE: ")
    assert "s3cr3t" not in str(refused.value)
