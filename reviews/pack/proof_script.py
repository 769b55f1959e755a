"""A program for the README: it verifies a pack's proofs and entries with nothing of ours.

The proofs are by RFC 9162, 2.1.3.2; how a line becomes the entry that was hashed is in docs/ledger.md.
"""

from __future__ import annotations

PROOF_SCRIPT = r"""
import json, re, sys
from base64 import b64decode
from functools import reduce
from hashlib import sha256
from operator import getitem
from pathlib import Path
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def compute_root(leaf, index, size, hashes):
    node, last = sha256(b"\0" + leaf).digest(), size - 1
    for sibling in hashes:
        is_right = index & 1 or index == last
        node = sha256(b"\1" + (sibling + node if is_right else node + sibling)).digest()
        while is_right and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return node if last == 0 else None

def encode(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

def export(entry):
    marks = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
    return re.sub(marks, lambda mark: f"\\u{ord(mark[0]):04x}", encode(entry).decode()).encode() + b"\n"

def find(entry, pointer):
    *path, last = (int(part) if part.isdigit() else part for part in pointer.split("/")[1:])
    return reduce(getitem, path, entry), last

def commit(salt, value):
    return {"commitment": sha256(encode([salt, value])).hexdigest()}

def restore(line):
    once = lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else None
    entry = json.loads(line, object_pairs_hook=once)
    is_exported = line == export(entry)
    salts, erased, hidden = entry.pop("salts", {}), entry.pop("erased", []), set()
    for pointer in [*salts, *erased]:
        holder, last = find(entry, pointer)
        if pointer in salts:
            holder[last] = commit(salts[pointer], holder[last])
        else:
            hidden.add(holder[last]["commitment"])
    leaf = encode(entry)
    commitments = re.findall(rb'{"commitment":"[0-9a-f]{64}"}', leaf)
    is_exported &= erased == sorted(erased) and len(commitments) == len(salts) + len(erased)
    recorded = entry["commitments"] if entry.get("type") == "people:erased" else []
    return leaf, hidden, recorded, is_exported

def open_file(file):
    if not file.is_file():
        raise ValueError("it is missing, or no file")
    return file.open("rb")

def read(file):
    content = open_file(file).read()
    if b"\r" in content:
        raise ValueError("its line ends were changed")
    return content.decode()

def verify(proof):
    header, checkpoint = proof.split("\n\n", 1)
    _, extra, index, *path = header.split("\n")
    leaf, index = b64decode(extra.split(" ")[1]), int(index.split(" ")[1])
    if checkpoint != note or not 0 <= index < size:
        raise ValueError("it is of another checkpoint")
    if compute_root(leaf, index, size, map(b64decode, path)) != root:
        raise ValueError("it is not a leaf of this tree")
    return leaf, index

WRONG = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, InvalidSignature)
if len(sys.argv) != 3:
    sys.exit("Run it in the folder of the pack, with the key: python3 ../check.py . VKEY")
folder, verifier_key = Path(sys.argv[1]), sys.argv[2]
try:
    note = read(folder / "checkpoint")
    text, signatures = note.rsplit("\n\n", 1)
    origin, size, root = text.split("\n")[:3]
    size, root = int(size), b64decode(root)
except WRONG:
    sys.exit("checkpoint: it is missing, or no signed checkpoint as it was written")
try:
    name, key_id, key = verifier_key.split("+", 2)
    lines = map(b64decode, re.findall(f"— {re.escape(origin)} (.+)", signatures))
    [signature] = [line[4:] for line in lines if name == origin and line[:4].hex() == key_id]
    Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(signature, f"{text}\n".encode())
except WRONG:
    sys.exit(f"checkpoint: it is one of {origin!r}, and not signed by {verifier_key!r}")
proven = {}
for file in sorted(folder.glob("**/*.tlog-proof")):
    part, entries, shown = "proof 1", {}, repr(str(file.relative_to(folder)))
    try:
        proofs, _, block = read(file).partition("\ndocspace-review/disclosures@v1\n")
        for number, proof in enumerate(re.split(r"\n(?=c2sp\.org/tlog-proof@v1\n)", proofs), start=1):
            part = f"proof {number}"
            leaf, index = verify(proof)
            proven[leaf], entries[index + 1] = index, json.loads(leaf)
        part = "the block below its proofs"
        *disclosures, rest = block.split("\n")
        for disclosure in map(json.loads, disclosures):
            for pointer, pair in disclosure["values"].items():
                holder, last = find(entries[disclosure["seq"]], pointer)
                if holder[last] != commit(*pair):
                    raise ValueError("the entry commits to another value")
        if rest:
            raise ValueError("it is cut off")
    except WRONG:
        sys.exit(f"{shown}: {part} does not hold")
try:
    lines = open_file(folder / "entries.jsonl")
except WRONG:
    sys.exit("entries.jsonl: it is missing, or can't be read")
count, last, unrecorded = len(proven), -1, set()
for number, line in enumerate(lines, start=1):
    try:
        leaf, hidden, recorded, is_exported = restore(line)
        index = proven.pop(leaf)
        unrecorded = (unrecorded | hidden) - {*recorded}
    except WRONG:
        sys.exit(f"entries.jsonl, line {number}: no proof has this entry, or an earlier line has it")
    if not is_exported or index < last:
        sys.exit(f"entries.jsonl, line {number}: an export has this entry in another form or another place")
    last = index
if proven:
    sys.exit(f"entries.jsonl: {len(proven)} of the {count} entries that are proven are missing")
if unrecorded:
    sys.exit("entries.jsonl: a value is named as erased, and no later entry says that it was")
print(f"All {count} entries of entries.jsonl are in the ledger of {size} entries that {name} has signed")
""".lstrip()
