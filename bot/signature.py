"""Slack's signature on a request, checked on the bytes as they arrived, before anything parses them."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Final

TIMESTAMP_HEADER: Final = "X-Slack-Request-Timestamp"
SIGNATURE_HEADER: Final = "X-Slack-Signature"

MAX_AGE_SECONDS: Final = 5 * 60
"""How far a request's timestamp may be from now. Slack's own figure, against replays."""

TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
"""Unix seconds: ten digits until the year 2286. The limit keeps `int` from parsing hundreds of digits."""


class Signature:
    """Checks signatures made with one signing secret. `now` returns Unix seconds.

    The SDK's `SignatureVerifier`, which Bolt runs again behind this, takes text only and raises on a timestamp that is
    not a number, on a signature outside ASCII and on a body outside UTF-8.
    """

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._now = now

    def problem(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Why a request is not Slack's, in a few words; None when it is. `headers` ignore upper and lower case."""
        stamp, signature = headers.get(TIMESTAMP_HEADER), headers.get(SIGNATURE_HEADER)
        if stamp is None or signature is None:
            return "not signed"
        if not TIMESTAMP.fullmatch(stamp) or not stamp.isascii():
            return "bad timestamp"
        if abs(self._now() - int(stamp)) > MAX_AGE_SECONDS:
            return "too old"
        digest = hmac.new(self._secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        # As bytes: comparing text refuses what is not ASCII. Headers outside UTF-8 arrive with surrogates.
        if not hmac.compare_digest(f"v0={digest}".encode(), signature.encode(errors="surrogateescape")):
            return "wrong signature"
        return None
