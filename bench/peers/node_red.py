"""Node-RED with a flow that makes the receiver's check: over the raw bytes, then a line in a file, then 202.

It is installed by npm, once, into the user's folder for caches.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.operator_environment import CACHE
from bench.servers import Listening, free_port, running_program

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "4.1.15"
FLOW = Path(__file__).with_name("node_red_flow.json")
FOLDER = CACHE / f"node-red-{VERSION}"
PROGRAM = FOLDER / "node_modules/node-red/red.js"


def install() -> str:
    """Install it where it is missing; return why it can't be measured, or nothing."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not on this machine"
    if PROGRAM.exists():
        return ""
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--omit=dev", f"node-red@{VERSION}"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"npm could not install it: {done.stderr.strip()[-200:]}"


@contextmanager
def node_red(folder: Path, secret: str) -> Iterator[Listening]:
    """Run the flow with a folder of its own."""
    port = free_port()
    settings = {
        "flowFile": str(FLOW),
        "userDir": str(folder),
        "uiHost": "127.0.0.1",
        "uiPort": port,
        "httpAdminRoot": False,
        "functionExternalModules": True,
        "logging": {"console": {"level": "error"}},
    }
    file = folder / "settings.js"
    file.write_text(f"module.exports = {json.dumps(settings)};\n")
    environment = {
        "HOME": str(folder),
        "DOCSPACE_WEBHOOK_SECRET": secret,
        "EVENTS_FILE": str(folder / "events.jsonl"),
    }
    command = [shutil.which("node") or "node", str(PROGRAM), "--settings", str(file)]
    with running_program(command, environment, port, log=folder / "node-red.log") as session:
        yield Listening(port, session)
