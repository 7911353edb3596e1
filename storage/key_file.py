"""The key file: the encryption key of a data folder, for those who set no key themselves."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from storage.encryption import Cipher

KEY_FILE = "encryption.key"
OWNER_ALONE = 0o600


class UnusableKeyFile(Exception):
    """There is no usable key in the data folder. The message says what is wrong with the file, after its name."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.path = path
        self.problem = problem


class KeyFile:
    """The key file of a data folder, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / KEY_FILE

    def cipher(self, *, is_new: bool) -> Cipher:
        """A cipher with the key of the file. For a new database a key is made, where there is none.

        Raises `UnusableKeyFile`, or `OSError` when the file cannot be read or written.
        """
        if is_new and not self.path.exists():
            self._create()
        return Cipher([self._read()])

    def _read(self) -> str:
        try:
            text = self.path.read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise UnusableKeyFile(self.path, "is missing") from error
        except UnicodeDecodeError as error:
            raise UnusableKeyFile(self.path, "is not a text file") from error
        if not text:
            raise UnusableKeyFile(self.path, "is empty")
        try:
            Fernet(text)
        except ValueError as error:
            raise UnusableKeyFile(self.path, "does not hold a key: 44 letters and digits, the last one “=”") from error
        keep_to_owner(self.path)
        return text

    def _create(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written to a file of its own and linked into place: processes that start together agree on one whole key.
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{KEY_FILE}.")  # readable by its owner alone
        try:
            with os.fdopen(handle, "w", encoding="ascii") as aside:
                aside.write(Fernet.generate_key().decode("ascii") + "\n")
                aside.flush()
                os.fsync(aside.fileno())  # a text encrypted with a key that a power cut took is lost
            try:
                self.path.hardlink_to(name)
            except FileExistsError:
                return
        finally:
            Path(name).unlink()


def keep_to_owner(path: Path) -> None:
    """Make a file readable and writable by its owner alone, if it is ours."""
    status = path.stat()
    if status.st_mode & 0o777 != OWNER_ALONE and status.st_uid == os.geteuid():
        path.chmod(OWNER_ALONE)
