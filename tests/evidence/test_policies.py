"""Policies are read as C2SP tlog-policy has them, and what they ask for is what is asked of a checkpoint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.evidence.cosigned_checkpoints import verify_checkpoint_by_policy
from reviews.evidence.policies import (
    MAX_OF_A_KIND,
    MAX_POLICY_BYTES,
    Policy,
    PolicyError,
    parse_policy,
)
from reviews.evidence.public_keys import require_trustworthy_key
from reviews.evidence.signed_notes import NoteError, SignatureKind, VerifierKey, format_note, parse_note
from tests.evidence.hostile_texts import spoil_text
from tests.evidence.signers import (
    LOG,
    WITNESS,
    Signer,
    alter_value,
    check_signature,
    make_signer,
    sign_checkpoint,
)

PRIME = 2**255 - 19
D = -121665 * pow(121666, -1, PRIME) % PRIME


def make_witness(name: str, seed: int) -> Signer:
    return make_signer(name, seed=seed, kind=SignatureKind.COSIGNATURE)


MANY = {
    name: make_witness(f"{name.lower()}.example.com", seed)
    for seed, name in enumerate(("X1", "X2", "X3", "Y1", "Y2", "Y3"), start=10)
}
EXAMPLE = f"""log {LOG.verifier_key}

witness X1 {MANY["X1"].verifier_key}
witness X2 {MANY["X2"].verifier_key}
witness X3 {MANY["X3"].verifier_key}
group X-witnesses 2 X1 X2 X3

witness Y1 {MANY["Y1"].verifier_key}
witness Y2 {MANY["Y2"].verifier_key}
witness Y3 {MANY["Y3"].verifier_key}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
KEY = str(WITNESS.verifier_key)
W = f"witness W {KEY}\n"


def read(text: str) -> Policy:
    return parse_policy(text.encode("utf-8", "surrogateescape"))


def pick(names: str) -> list[VerifierKey]:
    return [MANY[name].verifier_key for name in names.split()]


@pytest.mark.parametrize(
    ("names", "is_met"),
    [
        ("X1 X2 Y1", True),
        ("X1 X3 Y3", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
        ("X1 X2 X3", False),
        ("X1 Y1 Y2 Y3", False),
        ("", False),
    ],
)
def test_the_example_of_the_specification_asks_for_two_of_x_and_one_of_y(names: str, *, is_met: bool) -> None:
    assert read(EXAMPLE).is_met(pick(names)) is is_met


def test_a_policy_has_its_logs_and_witnesses_with_their_addresses() -> None:
    policy = read(f"log {LOG.verifier_key} https://log.example\n{W[:-1]} https://w.example/a\nquorum W\n")

    assert [(log.key, log.url) for log in policy.logs] == [(LOG.verifier_key, "https://log.example")]
    assert [(each.name, each.key, each.url) for each in policy.witnesses] == [
        ("W", WITNESS.verifier_key, "https://w.example/a")
    ]


def test_spaces_tabs_comments_and_empty_lines_are_passed_over() -> None:
    policy = read(f"# a comment\n\n \t\n\t # another \xe9\n \twitness\t W  {KEY} \t\n  quorum\tW \t\n#\n")

    assert policy.quorum == "W"


def test_without_a_quorum_no_witness_is_needed() -> None:
    assert read("quorum none\n").is_met([])


def test_a_group_may_follow_the_quorum_which_is_not_a_member_of_it() -> None:
    policy = read(f"{W}quorum W\ngroup later any W\n")

    assert policy.is_met([WITNESS.verifier_key])
    assert not policy.is_met([])


def test_names_are_octets_and_not_characters() -> None:
    kelvin = parse_policy(W.replace(" W ", " \N{KELVIN SIGN} ").encode() + b"quorum \xe2\x84\xaa\n")

    assert kelvin.is_met([WITNESS.verifier_key])
    assert (
        parse_policy(W.encode().replace(b" W ", b" \xff ") + b"quorum \xff\n").witnesses[0].name == "\udcff"
    )
    with pytest.raises(PolicyError, match="line 2: K is not a witness"):
        read(f"{W.replace(' W ', f' {chr(0x212A)} ')}quorum K\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the policy has no quorum line"),
        (W, "the policy has no quorum line"),
        ("quorum none", "line 1: it does not end in a newline"),
        ("quorum none\r\n", "line 1: it has a control character"),
        ("# \x00\nquorum none\n", "line 1: it has a control character"),
        ("# \x7f\nquorum none\n", "line 1: it has a control character"),
        ("quorum none\nquorum none\n", "line 2: there is a quorum line already"),
        ("quorum\n", "line 1: a quorum line has one name"),
        (f"{W}quorum W W\n", "line 2: a quorum line has one name"),
        (f"quorum W\n{W}", "line 1: W is not a witness or group of a line before"),
        ("Quorum none\n", "line 1: it is not a log, witness, group or quorum line"),
        ("quorum\N{NO-BREAK SPACE}none\n", "line 1: it is not a log, witness, group or quorum line"),
        (f"{W}{W}quorum W\n", "line 2: another witness has the same public key"),
        (
            f"{W}witness V {VerifierKey('v', SignatureKind.COSIGNATURE, WITNESS.verifier_key.public_key)}\n",
            "line 2: another witness has the same public key",
        ),
        (f"{W}witness W {MANY['X1'].verifier_key}\n", "line 2: the name W is defined already"),
        (f"witness none {KEY}\n", "line 1: none names no witness and no group"),
        (f"{W}group none any W\n", "line 2: none names no witness and no group"),
        (f"{W}group W any W\n", "line 2: the name W is defined already"),
        (f"{W}group G any W none\n", "line 2: none is not a witness or group"),
        (f"{W}group G any V\n", "line 2: V is not a witness or group of a line before"),
        (f"{W}group G any G\n", "line 2: G is not a witness or group of a line before"),
        (f"{W}group G any W W\n", "line 2: W is listed as a member twice"),
        (f"{W}group G any W\ngroup H any W\n", "line 3: W is listed as a member twice"),
        (f"{W}group G any\n", "line 2: a group line has a name, a threshold and one member or more"),
        (f"{W}group G 0 W\n", "line 2: the threshold is not any, all or a number from 1 to 1"),
        (f"{W}group G 2 W\n", "line 2: the threshold is not any, all or a number from 1 to 1"),
        (f"{W}group G 01 W\n", "line 2: the threshold"),
        (f"{W}group G +1 W\n", "line 2: the threshold"),
        (f"{W}group G \u0661 W\n", "line 2: the threshold"),
        (f"{W}group G {'9' * 5000} W\n", "line 2: the threshold"),
        ("witness W\n", "line 1: a witness line has a name, a verifier key, and perhaps a URL"),
        (f"witness W {KEY} http://a b\n", "line 1: a witness line has"),
        (f"witness W {KEY[:-1]}\n", "line 1: the verifier key's last part is not base64"),
        (f"witness W {LOG.verifier_key}\n", "line 1: the key of a witness is of type 4, not 1"),
        ("log\n", "line 1: a log line has a verifier key, and perhaps a URL"),
        (f"log {LOG.verifier_key} http://a b\n", "line 1: a log line has"),
        (f"log {KEY}\n", "line 1: the key of a log is of type 1, not 4"),
        (f"log {LOG.verifier_key}\nlog {LOG.verifier_key}\n", "line 2: another log has the same public key"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(text)

    assert str(refused.value).startswith(sentence)


def test_a_policy_has_a_bounded_size() -> None:
    end = b"quorum none\n"

    assert parse_policy(b"#" * (MAX_POLICY_BYTES - len(end) - 1) + b"\n" + end).quorum == "none"
    with pytest.raises(PolicyError, match="longer than"):
        parse_policy(b"#" * (MAX_POLICY_BYTES - len(end)) + b"\n" + end)


def test_as_many_witnesses_as_allowed_are_read_and_no_more() -> None:
    lines = [
        f"witness w{seed} {make_witness('w', seed).verifier_key}\n" for seed in range(1, MAX_OF_A_KIND + 2)
    ]

    assert len(read(f"{''.join(lines[:-1])}quorum none\n").witnesses) == MAX_OF_A_KIND >= 32
    with pytest.raises(PolicyError, match="more than 60 witnesses"):
        read(f"{''.join(lines)}quorum none\n")


def test_as_many_groups_as_allowed_are_read_and_no_more() -> None:
    lines = [f"group g{at} any {f'g{at - 1}' if at else 'W'}\n" for at in range(MAX_OF_A_KIND + 1)]

    policy = read(f"{W}{''.join(lines[:-1])}quorum g59\n")

    assert policy.is_met([WITNESS.verifier_key])
    with pytest.raises(PolicyError, match="more than 60 groups"):
        read(f"{W}{''.join(lines)}quorum W\n")


# Keys under which anyone can sign


def double(point: tuple[int, int]) -> tuple[int, int]:
    """Return twice a point of the curve of Ed25519 (RFC 8032, 5.1)."""
    x, y = point
    product = D * x * x * y * y
    return (
        2 * x * y * pow(1 + product, -1, PRIME) % PRIME,
        (y * y + x * x) * pow(1 - product, -1, PRIME) % PRIME,
    )


def find_x(y: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    root = pow(square, (PRIME + 3) // 8, PRIME)
    for each in (root, root * pow(2, (PRIME - 1) // 4, PRIME) % PRIME):
        if each * each % PRIME == square:
            return each
    return None


def list_small_order() -> list[int]:
    """Return the y coordinates of the points of order 1, 2, 4 and 8, found by halving those of order 4."""
    # A point of order 8 doubles to one with y = 0: y^2 = -x^2, so that d * y^4 + 2 * y^2 - 1 = 0 (mod p).
    roots = [0, 1, PRIME - 1]
    discriminant = pow(1 + D, (PRIME + 3) // 8, PRIME)
    for root in (discriminant, discriminant * pow(2, (PRIME - 1) // 4, PRIME) % PRIME):
        for sign in (1, -1):
            square = (sign * root - 1) * pow(D, -1, PRIME) % PRIME
            y = pow(square, (PRIME + 3) // 8, PRIME)
            for each in (y, y * pow(2, (PRIME - 1) // 4, PRIME) % PRIME):
                roots += [each, PRIME - each]
    return sorted({y for y in roots if (x := find_x(y)) is not None and has_small_order((x, y))})


def has_small_order(point: tuple[int, int]) -> bool:
    return double(double(double(point))) == (0, 1)


@pytest.mark.parametrize("sign_bit", [0, 1 << 255])
def test_each_key_of_small_order_is_refused(sign_bit: int) -> None:
    small = list_small_order()

    assert len(small) == 5
    for y in small:
        with pytest.raises(NoteError, match="small order"):
            require_trustworthy_key((y | sign_bit).to_bytes(32, "little"))


@pytest.mark.parametrize("y", [PRIME, PRIME + 1, 2**255 - 1])
def test_a_key_that_is_written_in_a_second_form_is_refused(y: int) -> None:
    with pytest.raises(NoteError, match="one form"):
        require_trustworthy_key(y.to_bytes(32, "little"))


@pytest.mark.parametrize("kind", list(SignatureKind))
def test_a_policy_takes_no_key_of_small_order(kind: SignatureKind) -> None:
    key = VerifierKey("w", kind, (1).to_bytes(32, "little"))
    line = f"log {key}" if kind is SignatureKind.ED25519 else f"witness W {key}"

    with pytest.raises(PolicyError, match="line 1: the public key is a point of small order"):
        read(f"{line}\nquorum none\n")


# Checkpoints


def test_a_checkpoint_with_its_log_and_a_quorum_is_accepted() -> None:
    signers = (LOG, MANY["X1"], MANY["X3"], MANY["Y2"])

    accepted = verify_checkpoint_by_policy(sign_checkpoint(5, *signers), read(EXAMPLE), check_signature)

    assert accepted.checkpoint.size == 5
    assert set(accepted.signers) == {signer.verifier_key for signer in signers}


def test_cosignatures_of_unknown_witnesses_count_nothing() -> None:
    note = sign_checkpoint(5, LOG, MANY["X1"], WITNESS, MANY["Y2"])

    with pytest.raises(NoteError, match="by 2 of the policy's 6 witnesses, are not the quorum X-and-Y"):
        verify_checkpoint_by_policy(note, read(EXAMPLE), check_signature)


def test_a_checkpoint_that_its_log_has_not_signed_is_refused_however_many_have_cosigned() -> None:
    note = sign_checkpoint(5, *MANY.values())

    with pytest.raises(NoteError, match="signed by no log of the policy"):
        verify_checkpoint_by_policy(note, read(EXAMPLE), check_signature)


def test_a_log_of_another_name_does_not_sign_for_this_one() -> None:
    other = make_signer("other.example.com", seed=9)
    policy = read(f"log {other.verifier_key}\nquorum none\n")

    with pytest.raises(NoteError, match="signed by no log of the policy"):
        verify_checkpoint_by_policy(sign_checkpoint(5, other), policy, check_signature)


def test_a_cosignature_that_was_altered_refuses_the_checkpoint() -> None:
    note = parse_note(sign_checkpoint(5, LOG, WITNESS))
    altered = format_note(type(note)(note.text, (note.signatures[0], alter_value(note.signatures[1], 30))))
    policy = read(f"log {LOG.verifier_key}\n{W}quorum W\n")

    with pytest.raises(NoteError, match=r"signature of witness\.example\.com is not valid"):
        verify_checkpoint_by_policy(altered, policy, check_signature)


def test_a_policy_without_a_log_needs_the_logs_key() -> None:
    policy, note = read(f"{W}quorum W\n"), sign_checkpoint(5, LOG, WITNESS)

    accepted = verify_checkpoint_by_policy(note, policy, check_signature, keys=[LOG.verifier_key])

    assert accepted.checkpoint.size == 5
    with pytest.raises(NoteError, match="names no log"):
        verify_checkpoint_by_policy(note, policy, check_signature)
    with pytest.raises(NoteError, match="signed by no log"):
        verify_checkpoint_by_policy(
            note, policy, check_signature, keys=[make_signer("x", seed=8).verifier_key]
        )


# Hostile bytes


@given(st.binary(max_size=200) | spoil_text(EXAMPLE).map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes) -> None:
    reason, policy = "", None
    try:
        policy = parse_policy(data)
    except PolicyError as error:
        reason = str(error)

    assert reason.isprintable()
    assert policy is None or policy.quorum == "none" or not policy.is_met([])
