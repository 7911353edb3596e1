"""docs/practices.md tells the truth about where each practice is, and where it is tested."""

import re

import pytest

from docs.list_practices import LIST, NONE, ROOT, ROW, files_by_practice, with_tests

ROWS = {row["id"]: row for row in ROW.finditer(LIST.read_text())}


def test_every_id_in_a_test_is_explained():
    """An id in a test's name means something to a reader, who finds it in the list."""
    assert files_by_practice().keys() <= ROWS.keys()


def test_the_list_names_the_files_that_test_each_practice():
    """The last column is what `make practices` writes."""
    assert LIST.read_text() == with_tests(LIST.read_text())


@pytest.mark.parametrize("practice", ROWS)
def test_where_a_practice_is_exists(practice: str):
    """Every file that the list names is there, and what has tests is not said to be built later."""
    row = ROWS[practice]
    for name in re.findall(r"`([\w/]+\.\w+)`", row["where"]):
        assert (ROOT / name).exists(), name
    assert not (row["where"] == "later" and row["tests"] != NONE)
