"""What a forger changes in the files of a pack, and how the check names it; the sums are written anew."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from reviews.ledger.exported_entries import restore_stored_entry
from reviews.ledger.hash_chain import Head, chain_entry, encode_canonical
from reviews.ledger.receipts import split_receipt
from tests.pack.packs import ENTRIES, SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Spoil = Callable[[Path], object]

REVIEW, OTHER_REVIEW = "receipts/compliance-000000.tlog-proof", "receipts/compliance-000001.tlog-proof"
DAY, OTHER_DAY = "checkpoints/2026-04-11", "checkpoints/2026-07-20"
TIMESTAMP, OTHER_TIMESTAMP = "timestamps/2026-07-20.checkpoint", "timestamps/2026-10-28.checkpoint"

BLOCK = b"\n\ndocspace-review/disclosures@v1\n"
LATER = "2026-06-01T00:00:00.000000Z"


def edit(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(pack: Path) -> None:
        before = (pack / name).read_bytes()
        (pack / name).write_bytes(change(before))
        assert (pack / name).read_bytes() != before

    return spoil


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new, 1)


def copy(source: str, target: str) -> Spoil:
    def spoil(pack: Path) -> None:
        shutil.copyfile(pack / source, pack / target)

    return spoil


def remove(*names: str) -> Spoil:
    def spoil(pack: Path) -> None:
        for name in names:
            (pack / name).unlink()

    return spoil


def edit_lines(change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    return edit("entries.jsonl", lambda content: b"".join(change(content.splitlines(keepends=True))))


def edit_proofs(change: Callable[[list[str]], list[str]]) -> Spoil:
    return edit(REVIEW, lambda content: "\n".join(change(split_receipt(content.decode()))).encode())


def edit_figures(change: Callable[[dict[str, Any]], object]) -> Spoil:
    def rewrite(content: bytes) -> bytes:
        figures = json.loads(content)
        change(figures)
        return f"{json.dumps(figures, ensure_ascii=False, indent=2)}\n".encode()

    return edit("figures.json", rewrite)


def rewrite_entry(line: bytes) -> bytes:
    """Return an entry with another title, whose own hash holds."""
    entry = json.loads(line)
    head = Head(seq=entry["seq"] - 1, hash=entry["prev_hash"])
    body = {name: value for name, value in entry.items() if name not in {"seq", "hash", "prev_hash"}}
    restored = restore_stored_entry({**body, "title": "Forged.docx"}, label="").entry
    place = {name: chain_entry(head, restored)[name] for name in ("seq", "hash", "prev_hash")}
    return encode_canonical({**body, "title": "Forged.docx", **place}) + b"\n"


def turn_members(line: bytes) -> bytes:
    turned = dict(reversed(json.loads(line).items()))
    return json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def say_twice(line: bytes) -> bytes:
    return line.replace(b"{", b'{"at":"2026-01-01",', 1)


def change_first(change: Callable[[bytes], bytes]) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [change(lines[0]), *lines[1:]]


def swap_first(items: list[Any]) -> list[Any]:
    return [items[1], items[0], *items[2:]]


def drop_hash(content: bytes) -> bytes:
    first, second, *rest = content.split(b"\n")
    assert first == b"old 67"
    assert second
    return b"\n".join([first, *rest])


def replace_checkpoint(pack: Path) -> None:
    """Put an older checkpoint of the same ledger into the proofs of one review."""
    checkpoint, older = (pack / "checkpoint").read_bytes(), (pack / TIMESTAMP).read_bytes()
    edit(REVIEW, lambda content: content.replace(checkpoint, older))(pack)


FORGERIES: list[tuple[str, Spoil]] = [
    # the checkpoint and its keys
    ("checkpoint: the signature of", edit("checkpoint", swap(f"\n{SIZE}\n".encode(), b"\n198\n"))),
    ("checkpoint: the checkpoint does not", edit("checkpoint", lambda _: b"a")),
    ("checkpoint has carriage returns", edit("checkpoint", lambda text: text.replace(b"\n", b"\r\n"))),
    ("checkpoint is not text", edit("checkpoint", lambda text: text + b"\xff")),
    ("checkpoint is longer than 1,000,000 bytes", edit("checkpoint", lambda text: text * 9000)),
    ("checkpoint is missing", remove("checkpoint")),
    ("keys.txt ends within the lines of a key", edit("keys.txt", lambda text: text[:-60])),
    ("keys.txt ends within the lines of a key", edit("keys.txt", lambda text: text + b"\n")),
    ("keys.txt, line 2: ", edit("keys.txt", swap(b"+AX", b"+Ax"))),
    ("keys.txt, line 1 does not say", edit("keys.txt", lambda text: b"# audited\n#\n" + text)),
    ("keys.txt, line 1 does not say", edit("keys.txt", swap(b"\n", b" by us\n"))),
    ("keys.txt, line 3 does not say", edit("keys.txt", lambda text: text + text.replace(b"#", b""))),
    # older checkpoints, with their proofs and timestamps
    (f"{DAY}: consistency/67 is missing", remove("consistency/67")),
    (f"{DAY}: consistency/67 is the proof of another one", copy("consistency/134", "consistency/67")),
    (f"{DAY}: the ledger of the pack does not begin with its 67", edit("consistency/67", drop_hash)),
    (f"{DAY}: the old size is not", edit("consistency/67", swap(b"old 67", b"old 067"))),
    (f"{DAY}: the signature of", edit(DAY, swap(b"\n67\n", b"\n66\n"))),
    ("consistency/67 belongs to no checkpoint of the pack", remove(DAY)),
    ("consistency/68 belongs to no checkpoint", copy("consistency/67", "consistency/68")),
    ("checkpoints/today is none of a pack's files", copy(DAY, "checkpoints/today")),
    (f"{OTHER_TIMESTAMP}.tsr is missing beside its", remove(f"{OTHER_TIMESTAMP}.tsr")),
    (f"{TIMESTAMP} is missing beside its timestamp", remove(TIMESTAMP)),
    (f"{TIMESTAMP}.tsr: it is one of another text", copy(f"{OTHER_TIMESTAMP}.tsr", f"{TIMESTAMP}.tsr")),
    (f"{TIMESTAMP}.tsr: it is not an answer", edit(f"{TIMESTAMP}.tsr", lambda _: b"x")),
    (f"{TIMESTAMP}.tsr is longer than 65,536", edit(f"{TIMESTAMP}.tsr", lambda der: der * 90)),
    # proofs: three of entries 21, 24 and 25
    ("entries.jsonl: entry 21 has no proof in the pack", edit_proofs(lambda proofs: proofs[1:])),
    (f"{REVIEW}, proof 2: entry 21 stands after entry 24", edit_proofs(swap_first)),
    (f"{REVIEW}, proof 2: entry 21 is proven twice", edit_proofs(lambda proofs: [proofs[0], *proofs])),
    (f"{REVIEW}, proof 1: the entry at index 19 is not", edit(REVIEW, swap(b"index 20", b"index 19"))),
    (f"{REVIEW}, proof 1: ", edit(REVIEW, swap(b"extra ", b"extra AAAA"))),
    (f"{REVIEW}, proof 1: the first line of the proof is not", edit(REVIEW, lambda _: b"")),
    (f"{REVIEW}, proof 3: the note", edit(REVIEW, lambda text: text.partition(BLOCK)[0][:-100])),
    (f"{REVIEW}, disclosures: line 3 is cut off", edit(REVIEW, lambda text: text[:-1])),
    (f"{REVIEW}, disclosures: entry 21 commits to another", edit(REVIEW, swap(b'"Alice', b'"Malice'))),
    (
        f"{REVIEW}, disclosures: entry 22 is not proven",
        edit(REVIEW, swap(b'{"seq":21', b'{"seq":22')),
    ),
    (f"{REVIEW} has carriage returns", edit(REVIEW, lambda text: text.replace(b"\n", b"\r\n"))),
    (f"{REVIEW} is not text", edit(REVIEW, lambda text: text + b"\xff")),
    (f"{REVIEW}, proof 1: entry 26 is of another review", copy(OTHER_REVIEW, REVIEW)),
    (f"{REVIEW}, proof 1: it has another checkpoint", replace_checkpoint),
    ("entries.jsonl: entry 21 has no proof in the pack", remove(REVIEW)),
    ("entries.jsonl: entry 44 has no proof in the pack", remove("without-review.tlog-proof")),
    # entries
    ("entries.jsonl: entry 21 is missing, which is proven", edit_lines(lambda lines: lines[1:])),
    (f"entries.jsonl: entry {SIZE} is missing, which is proven", edit_lines(lambda lines: lines[:-1])),
    ("entries.jsonl: entry 21 is missing, which is proven", edit_lines(lambda _: [])),
    ("entries.jsonl: entry 24 is missing", edit_lines(lambda lines: [lines[0], *lines[2:]])),
    ("entries.jsonl: entry 21 is missing, which is proven", edit_lines(swap_first)),
    ("entries.jsonl: line 2 of the file has entry 21 after", edit_lines(lambda lines: [lines[0], *lines])),
    ("entries.jsonl: entry 21 was changed after it was", edit("entries.jsonl", swap(b"Alice", b"Malice"))),
    ("entries.jsonl: entry 21 is another one than its proof", edit_lines(change_first(rewrite_entry))),
    ("entries.jsonl: line 1 of the file is not as an export", edit_lines(change_first(turn_members))),
    ("entries.jsonl: line 1 of the file says 'at' twice", edit_lines(change_first(say_twice))),
    ("entries.jsonl: line 1 of the file ends in CRLF", edit("entries.jsonl", swap(b"\n", b"\r\n"))),
    ("entries.jsonl: line 1 of the file is not text", edit("entries.jsonl", lambda text: b"\xff" + text)),
    (
        "entries.jsonl: line 1 of the file is not JSON",
        edit("entries.jsonl", lambda text: b"[" * 99_999 + text),
    ),
    ("entries.jsonl: line 1 of the file is longer than", edit("entries.jsonl", lambda _: b"1" * 5_000_000)),
    ("entries.jsonl: line 1 of the file is no entry", edit("entries.jsonl", lambda text: b"7\n" + text)),
    (f"entries.jsonl: line {ENTRIES} of the file", edit("entries.jsonl", lambda text: text[:-20])),
    (f"entries.jsonl: line {ENTRIES} of the file has no end", edit("entries.jsonl", lambda text: text[:-1])),
    # what is made of them
    ("population.csv: the review in row 1 is not", edit("population.csv", swap(b"AML Policy", b"Another"))),
    ("population.csv: its head is not what", edit("population.csv", swap(b"review_id", b"id"))),
    ("population.csv: the review in row 40 is not", edit("population.csv", lambda text: text[:-3])),
    ("population.csv goes on after the last review", edit("population.csv", lambda text: text + b"x")),
    ("population.csv: its head is not", edit("population.csv", lambda text: text.replace(b"\n", b"\r\n"))),
    ("population.csv: its head is not", edit("population.csv", lambda _: b"\xff\x00")),
    ("figures.json: figures, late is not what", edit_figures(lambda all_: all_["figures"].update(late=0))),
    (
        "figures.json: without_review, owners_gone is",
        edit_figures(lambda all_: all_["without_review"].update(owners_gone=0)),
    ),
    ("figures.json: sample, reviews is not", edit_figures(lambda all_: all_["sample"]["reviews"].reverse())),
    ("figures.json: sample, reviews is not", edit_figures(lambda all_: all_["sample"].update(seed="43"))),
    ("figures.json: completeness is not what", edit_figures(lambda all_: all_.update(completeness=[]))),
    ("figures.json: completeness has a", edit_figures(lambda all_: all_.update(completeness=[[]]))),
    ("figures.json: figures, brought_forward is", edit_figures(lambda all_: all_.update(figures=None))),
    ("figures.json is of another checkpoint", edit_figures(lambda all_: all_["checkpoint"].update(size=5))),
    ("figures.json does not say for which route", edit_figures(lambda all_: all_.pop("sample"))),
    ("figures.json does not say for which route", edit_figures(lambda all_: all_.update({"from": "today"}))),
    (
        "figures.json does not say for which route",
        edit_figures(lambda all_: all_["sample"].update(size=True)),
    ),
    ("entries.jsonl: entry 21 is not of the route", edit_figures(lambda all_: all_.update(route="legal"))),
    ("entries.jsonl: entry 21 is not of the route", edit_figures(lambda all_: all_.update({"from": LATER}))),
    ("figures.json is not JSON", edit("figures.json", lambda _: b"[" * 99_999)),
    ("figures.json says 'route' twice", edit("figures.json", swap(b"{", b'{"route": "legal",'))),
    ("figures.json holds the number '0.5'", edit("figures.json", swap(b'"late": ', b'"late": 0.5, "at": '))),
    ("figures.json is not text", edit("figures.json", lambda text: text + b"\xff")),
    ("figures.json is longer than 16,777,216 bytes", edit("figures.json", lambda text: text + b" " * 2**24)),
    # the folder
    ("report.pdf is missing", remove("report.pdf")),
    ("README.md is missing", remove("README.md")),
    ("notes.txt is none of a pack's files", copy("README.md", "notes.txt")),
    ("receipts/compliance-000000.txt", copy(REVIEW, "receipts/compliance-000000.txt")),
]
