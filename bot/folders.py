"""The data folder."""

import tempfile
from pathlib import Path

from bot.refusals import StartRefused


def prepare_folder(folder: Path) -> None:
    """Make the data folder, for its owner alone, and see that it can be written. Raises `StartRefused` if not."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StartRefused(
            f"The data folder {folder} cannot be written ({error.strerror}). Make it writable, or set CAREER_DATA_DIR."
        ) from error
