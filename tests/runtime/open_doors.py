"""Settings of an installation whose every door is open."""

from __future__ import annotations

from tests.keys import SECRET_KEY

ROUTES = '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["slack:C1", "console", "inbox"]\n'
VALUES = {
    "routes": ROUTES,
    "secret_key": SECRET_KEY,
    "docspace_webhook_secret": "Compl1ance!",
    "slack_bot_token": "xoxb-1",
    "slack_signing_secret": "s",
    "smtp_url": "smtps://mail.company.com",
    "mail_from": "reviews@company.com",
    "oidc_issuer": "https://issuer.company.com",
    "oidc_client_id": "reviews",
    "oidc_client_secret": "s",
    "metrics_token": "m" * 32,
    "teams_app_id": "app",
    "teams_app_password": "p",
    "teams_tenant_id": "tenant",
    "teams_openid_url": "http://127.0.0.1:9/metadata",
    "teams_outgoing_secret": "c2l4dGVlbiBieXRlcyBvciBtb3JlLCBhcyBUZWFtcyBkb2Vz",
}
"""Settings with which every door is open."""
