"""The data folder."""

import tempfile
from pathlib import Path

from bot.errors import StartupError


def prepare_data_folder(folder: Path) -> None:
    """Create the folder, readable by its owner only, and check that it can be written.

    Raises `StartupError` when it cannot.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StartupError(
            f"The data folder {folder} cannot be written ({error.strerror}). Make it writable, or set CAREER_DATA_DIR."
        ) from error
