"""The REST side: the endpoints that enrichment reads (facts on DocSpace, 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, render_template, request
from jinja2 import StrictUndefined

from demo.admission import VERSION_PATH, guard_api
from demo.answers import wrap_error, wrap_success
from demo.content import WrittenContent
from demo.errors import PortalError
from demo.file_handler import create_file_handler
from demo.files import create_files
from demo.folders import create_folders
from demo.keys import create_keys
from demo.management import create_management
from demo.people import create_people
from demo.query import entry_id

if TYPE_CHECKING:
    from demo.portal import DemoPortal
    from demo.sender import Sender

API = "/api/2.0"


def create_rest(portal: DemoPortal, sender: Sender | None = None) -> Flask:
    """Return the portal's REST side; with a `sender`, also the management of webhooks."""
    app = Flask("demo.rest")
    app.jinja_env.undefined = StrictUndefined
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(create_files(portal), url_prefix=f"{API}/files")
    app.register_blueprint(create_folders(portal), url_prefix=f"{API}/files")
    app.register_blueprint(create_file_handler(portal))
    app.register_blueprint(create_people(portal), url_prefix=f"{API}/people")
    if sender is not None:
        app.register_blueprint(create_management(sender), url_prefix=f"{API}/settings")
    app.register_error_handler(PortalError, wrap_error)
    app.register_blueprint(create_keys(portal), url_prefix=f"{API}/keys")
    guard_api(app, portal)

    @app.get(VERSION_PATH)
    def version() -> Response:
        """Return the versions of the portal's parts, to everyone (facts on DocSpace, 4.6)."""
        others = {"communityServer": "12.5.2", "documentServer": "9.3.1"}
        return wrap_success({"docSpace": portal.release, **others})

    @app.get("/doceditor")
    def editor() -> str:
        file = portal.file(entry_id(request.args.get("fileid", "")))
        requested = request.args.get("version", "")
        version = next((each for each in file.versions if str(each.number) == requested), file.current)
        lines = version.content.list_lines() if isinstance(version.content, WrittenContent) else []
        return render_template("document.html", title=file.title, version=version.number, lines=lines)

    return app
