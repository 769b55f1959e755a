"""A DocSpace API that answers the sample's two questions after so many seconds, and takes little itself.

.venv/bin/python -m bench.peers.slow_api PORT SECONDS
"""

from __future__ import annotations

import asyncio
import json
import sys

from bench.peers.sample_handler import WATCHED_FOLDER

FILE = {
    "id": 1,
    "title": "AML Policy 2026.docx",
    "folderId": WATCHED_FOLDER,
    "webUrl": "https://acme.example.com/doceditor?fileid=1",
}
PERSON = {"displayName": "Alice Auditor", "email": "alice@example.com"}


def _make_answer(content: object) -> bytes:
    body = json.dumps({"response": content}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


ANSWERS = {b"GET /api/2.0/files/": _make_answer(FILE), b"GET /api/2.0/people": _make_answer(PERSON)}
LENGTH = len(next(iter(ANSWERS)))


async def serve(port: int, seconds: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _read_head(reader):
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(ANSWERS[head[:LENGTH]])
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
