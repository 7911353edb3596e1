from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from bot.signature import MAX_AGE_SECONDS, SIGNATURE_HEADER, TIMESTAMP_HEADER, Signature

NOW = 1_800_000_000
SECRET = "a secret"


class StoppedClock(Clock):
    """The SDK's clock, stopped."""

    def now(self) -> float:
        """Always the same moment."""
        return NOW


@given(body=st.text(), age=st.integers(-400, 400), forged=st.booleans())
def test_a_verdict_agrees_with_the_sdks(*, body: str, age: int, forged: bool):
    """For any text, which is all that the SDK's own verifier can check, both agree about a signature."""
    theirs = SignatureVerifier(SECRET, StoppedClock())
    stamp = str(NOW - age)
    made = theirs.generate_signature(timestamp=stamp, body=body.encode("utf-8", "replace")) or ""
    signature = made[:-1] + ("0" if made[-1] != "0" else "1") if forged else made
    raw = body.encode("utf-8", "replace")
    headers = {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature}
    assert (Signature(SECRET, lambda: NOW).problem(raw, headers) is None) is theirs.is_valid(raw, stamp, signature)


@given(st.text(max_size=20), st.text(max_size=80), st.binary(max_size=50))
def test_no_header_breaks_the_check(stamp: str, signature: str, body: bytes):
    """Any headers and any bytes get a verdict instead of an exception."""
    headers = {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature}
    assert Signature(SECRET, lambda: NOW).problem(body, headers) is not None


def test_five_minutes_are_the_limit():
    """A signature is good for 5 minutes to the second, in both directions."""
    signature, theirs = Signature(SECRET, lambda: NOW), SignatureVerifier(SECRET)

    def problem(age: int) -> str | None:
        stamp = str(NOW - age)
        made = theirs.generate_signature(timestamp=stamp, body="x") or ""
        return signature.problem(b"x", {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: made})

    assert [problem(age) for age in (MAX_AGE_SECONDS, -MAX_AGE_SECONDS)] == [None, None]
    assert [problem(age) for age in (MAX_AGE_SECONDS + 1, -MAX_AGE_SECONDS - 1)] == ["too old", "too old"]
