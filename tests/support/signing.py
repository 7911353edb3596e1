"""Requests signed as Slack signs them."""

import hashlib
import hmac
import time

SECRET = "0123456789abcdef"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def signed(body: bytes, *, secret: str = SECRET, content_type: str = JSON, at: float | None = None) -> dict[str, str]:
    """The headers of a request signed at a moment in Unix seconds, or now. The body need not be text."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }
