from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Template


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def template(request: pytest.FixtureRequest) -> Template:
    """Databases of either kind."""
    template: Template = request.getfixturevalue(f"{request.param}_template")
    return template


@pytest.fixture
def empty_url(template: Template, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of either kind."""
    url = template.empty(tmp_path)
    yield url
    template.drop(url)
