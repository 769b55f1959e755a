"""What the receiver is held against: a Flask view that does nothing."""

from flask import Flask

app = Flask(__name__)


@app.post("/docspace/webhook")
def nothing() -> tuple[str, int]:
    return "ok\n", 202
