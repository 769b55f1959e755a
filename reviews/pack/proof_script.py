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

def restore(line):
    once = lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else None
    entry = json.loads(line, object_pairs_hook=once)
    entry.pop("erased", None)
    for pointer, salt in entry.pop("salts", {}).items():
        *path, last = (int(part) if part.isdigit() else part for part in pointer.split("/")[1:])
        holder = reduce(getitem, path, entry)
        holder[last] = {"commitment": sha256(encode([salt, holder[last]])).hexdigest()}
    return encode(entry)

def verify(proof):
    header, checkpoint = proof.split("\n\n", 1)
    _, extra, index, *path = header.split("\n")
    leaf, index = b64decode(extra.split(" ")[1]), int(index.split(" ")[1])
    if checkpoint != note or compute_root(leaf, index, int(size), map(b64decode, path)) != b64decode(root):
        raise ValueError("it is not a leaf of this tree")
    return leaf

WRONG = (ValueError, LookupError, TypeError, AttributeError, RecursionError, InvalidSignature)
folder, verifier_key = Path(sys.argv[1]), sys.argv[2]
note = (folder / "checkpoint").read_text("utf-8")
text, signatures = note.rsplit("\n\n", 1)
origin, size, root = text.split("\n")[:3]
try:
    name, key_id, key = verifier_key.split("+", 2)
    lines = map(b64decode, re.findall(f"— {re.escape(origin)} (.+)", signatures))
    [signature] = [line[4:] for line in lines if name == origin and line[:4].hex() == key_id]
    Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(signature, f"{text}\n".encode())
except WRONG:
    sys.exit(f"checkpoint: it is one of {origin}, and not signed by {verifier_key}")
proven = set()
for file in sorted(folder.glob("**/*.tlog-proof")):
    proofs = file.read_text("utf-8").split("\ndocspace-review/disclosures@v1\n")[0]
    for number, proof in enumerate(re.split(r"\n(?=c2sp\.org/tlog-proof@v1\n)", proofs), start=1):
        try:
            proven.add(verify(proof))
        except WRONG:
            sys.exit(f"{file}: proof {number} does not hold")
count = len(proven)
for number, line in enumerate((folder / "entries.jsonl").open("rb"), start=1):
    try:
        proven.remove(restore(line))
    except WRONG:
        sys.exit(f"entries.jsonl, line {number}: no proof has this entry, or an earlier line has it")
if proven:
    sys.exit(f"entries.jsonl: {len(proven)} of the {count} entries that are proven are missing")
print(f"All {count} entries of entries.jsonl are in the ledger of {size} entries that {name} has signed")
""".lstrip()
