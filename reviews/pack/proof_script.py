"""A program for the README: it verifies the proofs of a pack with nothing of ours (RFC 9162, 2.1.3.2)."""

from __future__ import annotations

PROOF_SCRIPT = r"""
import re, sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
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

folder, (name, key_id, key) = Path(sys.argv[1]), sys.argv[2].split("+", 2)
note = (folder / "checkpoint").read_text("utf-8")
text, signatures = note.rsplit("\n\n", 1)
origin, size, root = text.split("\n")[:3]
lines = map(b64decode, re.findall(f"— {re.escape(name)} (.+)", signatures))
[signature] = [line[4:] for line in lines if line[:4].hex() == key_id]
Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(signature, f"{text}\n".encode())
assert origin == name, "the key is that of another ledger"
count = 0
for file in sorted(folder.glob("**/*.tlog-proof")):
    content = file.read_text("utf-8").split("\ndocspace-review/disclosures@v1\n")[0]
    for proof in re.split(r"\n(?=c2sp\.org/tlog-proof@v1\n)", content):
        header, checkpoint = proof.split("\n\n", 1)
        _, extra, index, *path = header.split("\n")
        leaf, number = b64decode(extra.split(" ")[1]), int(index.split(" ")[1])
        found = compute_root(leaf, number, int(size), map(b64decode, path))
        assert checkpoint == note and found == b64decode(root), f"{file}: {index}"
        count += 1
print(f"{count} entries are in the ledger of {size} entries that {name} has signed")
""".lstrip()
