"""How large a document may be, and what reading it may cost. Docs: `docs/security.md`."""

from __future__ import annotations

MAX_FILE_BYTES = 25_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_MEMBERS = 2_000
"""Of a package: files in the ZIP archive that an office document is."""

MAX_PASSAGES = 300_000
MAX_CHARACTERS = 20_000_000
"""Of the text of one document."""

MAX_ANSWER_BYTES = 100_000_000
"""Of the process that reads, which its caller holds in memory."""

MAX_MEMORY_BYTES = 512_000_000
MAX_PROCESSOR_SECONDS = 10
MAX_WAIT_SECONDS = 300
"""Of the process that reads, for what its processor time doesn't count: a machine that is overloaded."""
