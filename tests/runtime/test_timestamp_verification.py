"""A checkpoint and its timestamp are verified offline, with the root certificates of the authority."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from runtime.evidence.timestamps import InvalidTimestamp, parse_certificates, read_timestamp
from tests.edge.authority_certificates import BEGIN
from tests.edge.fake_authority import FakeAuthority, build_rejection, certify_authority
from tests.evidence.signers import ORIGIN
from tests.reviews.samples import START
from tests.runtime.command import CommandResult, run_command
from tests.runtime.exported_files import KEY, LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

CHECKPOINT = LEDGER.sign()
ROOT = certify_authority().root
ROOTS = parse_certificates(ROOT.read_bytes())
SAID = (
    f"The checkpoint of 10 entries in {ORIGIN} existed on 2026-03-09 at 14:05:12 UTC, by CN=TSA,O=Example.\n"
)
NOT_HELD = "The timestamp does not hold: "
NOT_SIGNED = f"{NOT_HELD}its signature does not hold by the certificates given: "
DAMAGED = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"


@cache
def make_timestamp(
    text: bytes = CHECKPOINT, *, time: datetime = START, hash_algorithm: HashAlgorithm = HashAlgorithm.SHA256
) -> bytes:
    query = TimestampRequestBuilder(text, hash_algorithm).build()
    return FakeAuthority(time=time).timestamp(query.as_bytes())


def make_expired_timestamp(time: datetime) -> bytes:
    """Return one by a certificate that was valid in the year 2020."""
    authority = FakeAuthority(time=time)
    authority.pair = authority.certificates.expired
    return authority.timestamp(TimestampRequestBuilder(CHECKPOINT, HashAlgorithm.SHA256).build().as_bytes())


class TimestampFiles:
    """A folder with a checkpoint and its timestamp, which are verified with no database anywhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def verify(
        self,
        *arguments: str,
        checkpoint: bytes = CHECKPOINT,
        response: bytes | None = None,
        root: Path = ROOT,
    ) -> CommandResult:
        saved, timestamp = self._folder / "checkpoint", self._folder / "checkpoint.tsr"
        saved.write_bytes(checkpoint)
        timestamp.write_bytes(make_timestamp() if response is None else response)
        pair = ("--checkpoint", str(saved), "--timestamp", str(timestamp), "--tsa-certificates", str(root))
        return verify(*pair, *arguments)


def verify(*arguments: str) -> CommandResult:
    return run_command(["ledger", "verify", *arguments], DATABASE_URL="nonsense")


@pytest.fixture
def files(tmp_path: Path) -> TimestampFiles:
    return TimestampFiles(tmp_path)


def test_a_checkpoint_with_its_timestamp_is_said_to_have_existed_then(files: TimestampFiles) -> None:
    done, with_key, as_json = files.verify(), files.verify("--key", KEY), files.verify("--key", KEY, "--json")

    unsigned = "Who signed the checkpoint was not verified: give --key VKEY or --policy FILE too.\n"
    assert (done.code, done.out) == (0, f"{SAID}{unsigned}")
    assert (with_key.code, with_key.out) == (0, SAID)
    assert json.loads(as_json.out) == {
        "intact": True,
        "problem": None,
        "origin": ORIGIN,
        "size": 10,
        "signers": [KEY],
        "time": "2026-03-09T14:05:12+00:00",
        "authority": "CN=TSA,O=Example",
    }


@pytest.mark.parametrize("copy", [lambda text: text[:-1], lambda text: text.replace(b"\n", b"\r\n")])
def test_a_checkpoint_that_was_copied_from_a_message_holds(
    files: TimestampFiles, copy: Callable[[bytes], bytes]
) -> None:
    assert files.verify("--key", KEY, checkpoint=copy(CHECKPOINT)).out == SAID


def test_a_certificate_has_to_be_valid_at_the_time_that_the_timestamp_states(files: TimestampFiles) -> None:
    then = files.verify(response=make_expired_timestamp(BEGIN))
    later = files.verify(response=make_expired_timestamp(START))

    assert then.code == 0
    assert "existed on 2020-01-01 at 00:00:00 UTC, by CN=Earlier TSA,O=Example." in then.out
    assert (later.code, later.out) == (1, f"{NOT_SIGNED}certificate has expired.\n")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda: b"", "it is not an answer as RFC 3161 has it"),
        (lambda: b"-----BEGIN", "it is not an answer as RFC 3161 has it"),
        (lambda: make_timestamp()[:-1], "it is not an answer as RFC 3161 has it"),
        (lambda: make_timestamp() + b"\n", "it is not an answer as RFC 3161 has it"),
        (lambda: make_timestamp()[:-1] + b"\x00", "its signature does not hold by the certificates given"),
        (lambda: make_timestamp(LEDGER.sign(4)), "it is one of another text"),
        (lambda: make_timestamp(hash_algorithm=HashAlgorithm.SHA512), "it is not one over SHA-256"),
        (
            lambda: make_timestamp().replace(b"20260309140512Z", b"20250309140512Z"),
            "its signature does not hold",
        ),
        (lambda: build_rejection(2, "no \x1b[2J"), "its status is rejection: no "),
        (lambda: b"\x30" * 70_000, "it is longer than 64 KiB"),
    ],
)
def test_what_is_no_timestamp_of_the_checkpoint_is_said_in_one_sentence(
    files: TimestampFiles, spoil: Callable[[], bytes], says: str
) -> None:
    done = files.verify(response=spoil())

    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(f"{NOT_HELD}{says}")
    assert done.out.count("\n") == 1
    assert "\x1b" not in done.out


def test_the_certificates_of_another_authority_do_not_do(files: TimestampFiles) -> None:
    done = files.verify(root=certify_authority("Other").root)

    assert (done.code, done.out) == (1, f"{NOT_SIGNED}unable to get local issuer certificate.\n")


def test_a_changed_checkpoint_does_not_hold(files: TimestampFiles) -> None:
    changed = CHECKPOINT.replace(b"\n10\n", b"\n11\n")

    done, by_key = files.verify(checkpoint=changed), files.verify("--key", KEY, checkpoint=changed)
    as_json = files.verify("--json", checkpoint=changed)

    assert (done.code, done.out) == (1, f"{NOT_HELD}it is one of another text.\n")
    assert (by_key.code, json.loads(as_json.out)["intact"]) == (1, False)
    assert by_key.out.startswith("The saved checkpoint does not hold: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--part",), "a timestamp is verified without FILE, --head and --part"),
        (("--head", f"1 {'0' * 64}"), "a timestamp is verified without FILE, --head and --part"),
        ((str(ROOT),), "a timestamp is verified without FILE, --head and --part"),
    ],
)
def test_other_evidence_beside_it_is_an_unusable_argument(
    files: TimestampFiles, arguments: tuple[str, ...], says: str
) -> None:
    done = files.verify(*arguments)

    assert done.code == 2
    assert says in done.err


def test_the_three_files_go_together(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(CHECKPOINT)
    named = str(file)

    for arguments in (
        ("--timestamp", named),
        ("--timestamp", named, "--checkpoint", named),
        ("--tsa-certificates", str(ROOT), "--checkpoint", named),
    ):
        done = verify(*arguments)
        assert done.code == 2
        assert "--checkpoint, --timestamp and --tsa-certificates go together" in done.err


@pytest.mark.parametrize("content", ["", "text", DAMAGED])
def test_a_file_without_certificates_is_an_unusable_argument(tmp_path: Path, content: str) -> None:
    root = tmp_path / "root.pem"
    root.write_text(content)

    done, missing = (verify("--tsa-certificates", str(each)) for each in (root, tmp_path / "no"))

    assert (done.code, missing.code) == (2, 2)
    assert "it has no certificate in PEM, or one that can't be read" in done.err
    assert "No such file or directory" in missing.err


@pytest.mark.filterwarnings("ignore:Attribute's length must be:UserWarning")  # of a country in a name
@given(st.data())
def test_whatever_is_done_to_a_timestamp_it_is_refused_or_says_the_same(data: st.DataObject) -> None:
    response = bytearray(make_timestamp())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(response) - 1))
        response[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    try:
        read = read_timestamp(bytes(response), CHECKPOINT, roots=ROOTS)
    except InvalidTimestamp:
        return
    assert read == read_timestamp(make_timestamp(), CHECKPOINT, roots=ROOTS)
