"""Encryption at rest: what people write is unreadable in the database file, its backups and its logs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

KEY_FILE = "encryption.key"


class WrongKey(Exception):
    """A sealed text was written with a key that is not among ours."""


class Cipher:
    """Seals texts with the first key and opens them with any, so that keys can rotate (MultiFernet)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, text: str) -> str:
        """The sealed form of a text, ASCII."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, sealed: str) -> str:
        """The text behind a sealed form; `WrongKey` if no key of ours fits."""
        try:
            return self._fernet.decrypt(sealed.encode("ascii")).decode()
        except InvalidToken as error:
            raise WrongKey from error


class EncryptedText(sa.types.TypeDecorator[str]):
    """A text column sealed on the way in and opened on the way out.

    The seal belongs to the engine: `storage.database` puts it on the engine's dialect, which column types are given.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Seal on the way in."""
        return None if value is None else dialect.career_cipher.encrypt(value)

    def process_result_value(self, value: Any | None, dialect: Any) -> str | None:
        """Open on the way out."""
        return None if value is None else dialect.career_cipher.decrypt(value)


def key_from_file(folder: Path) -> tuple[str, bool]:
    """The key kept in the data folder, and whether it was made now; only its owner can read the file."""
    path = folder / KEY_FILE
    folder.mkdir(parents=True, exist_ok=True)
    key = Fernet.generate_key().decode("ascii")
    # Written aside and linked into place: several processes starting together agree on one whole key.
    aside = folder / f".{KEY_FILE}.{key[:8].replace('/', '_')}"
    aside.touch(mode=0o600)
    try:
        aside.write_text(key + "\n")
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            return path.read_text().strip(), False
    finally:
        aside.unlink()
    return key, True
