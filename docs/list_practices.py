"""Write into docs/practices.md where each practice is tested, from the ids in the names of the tests.

Run it by `make practices`.
"""  # noqa: INP001 - a script beside the documents, not a package

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = ROOT / "docs" / "practices.md"
ROW = re.compile(r"^\| (?P<id>[EMCL]\d+) \| (?P<what>.+?) \| (?P<where>.+?) \| (?P<tests>.+?) \|$", re.MULTILINE)
TEST = re.compile(r"def test_((?:[EMCL]\d+_)+)")
NONE = "–"


def files_by_practice() -> dict[str, set[str]]:
    """The files, below tests/, that test each practice."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for ids in TEST.findall(path.read_text()):
            for practice in ids.strip("_").split("_"):
                found.setdefault(practice, set()).add(path.relative_to(ROOT / "tests").as_posix())
    return found


def with_tests(text: str) -> str:
    """The list with its last column made anew."""
    tests = files_by_practice()

    def row(found: re.Match[str]) -> str:
        listed = ", ".join(sorted(tests.get(found["id"], ()))) or NONE
        return f"| {found['id']} | {found['what']} | {found['where']} | {listed} |"

    return ROW.sub(row, text)


if __name__ == "__main__":
    LIST.write_text(with_tests(LIST.read_text()))
