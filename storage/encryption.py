"""Encryption at rest: what people write is unreadable in the database file, its backups and its logs."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class WrongKey(Exception):
    """A text was encrypted with a key that is not among ours."""


class Cipher:
    """Encrypts texts with the first key and decrypts them with any, so that keys can rotate (MultiFernet)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, text: str) -> str:
        """A text, encrypted; ASCII."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted: str) -> str:
        """The text that was encrypted; `WrongKey` if no key of ours fits."""
        try:
            return self._fernet.decrypt(encrypted.encode("ascii")).decode()
        except InvalidToken as error:
            raise WrongKey from error


class CipherSource(Protocol):
    """Where the cipher of a database comes from."""

    def __call__(self, *, is_new: bool) -> Cipher:
        """The cipher; only for a new database, in which nothing is encrypted yet, may a key be made."""
        ...


# A column type is given the dialect of its engine, and nothing else that tells two databases apart.
_CIPHERS: WeakKeyDictionary[sa.Dialect, Cipher] = WeakKeyDictionary()


def set_cipher(dialect: sa.Dialect, cipher: Cipher) -> None:
    """Set the cipher of an engine's encrypted columns. The engine is known by its dialect; each has its own."""
    _CIPHERS[dialect] = cipher


def cipher_of(dialect: sa.Dialect) -> Cipher:
    """The cipher of an engine, by its dialect; `KeyError` where none was set."""
    return _CIPHERS[dialect]


class EncryptedText(sa.types.TypeDecorator[str]):
    """A text column that is encrypted when written and decrypted when read."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Encrypt."""
        return None if value is None else cipher_of(dialect).encrypt(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> str | None:
        """Decrypt."""
        return None if value is None else cipher_of(dialect).decrypt(value)


class EncryptedEnum(sa.types.TypeDecorator[StrEnum]):
    """A column for an enum whose value is as private as a text. The database cannot compare what is in it.

    Encrypted values are equally long up to 15 bytes of UTF-8 each, so their length tells nothing.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, values: type[StrEnum]) -> None:
        super().__init__()
        self.values = values

    def process_bind_param(self, value: StrEnum | None, dialect: sa.Dialect) -> str | None:
        """Encrypt."""
        return None if value is None else cipher_of(dialect).encrypt(self.values(value).value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> StrEnum | None:
        """Decrypt."""
        return None if value is None else self.values(cipher_of(dialect).decrypt(value))
