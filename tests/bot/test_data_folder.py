from pathlib import Path

import pytest

from bot.data_folder import prepare_data_folder
from bot.errors import StartupError


def test_a_data_folder_that_cannot_be_created_is_reported(tmp_path: Path):
    """A data folder that is a file prevents the start and names the setting."""
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StartupError, match="CAREER_DATA_DIR"):
        prepare_data_folder(tmp_path / "data" / "sandbox")


def test_only_its_owner_may_read_the_data_folder(tmp_path: Path):
    """No other user of the machine may look into the data folder."""
    prepare_data_folder(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
