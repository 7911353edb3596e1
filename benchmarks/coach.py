"""How well the coach judges texts it was not tuned on (precision, recall and F1 of its verdicts), and how fast.

`python -m benchmarks.coach` measures on the set-aside texts and lists the misses; `--tuning` measures on the texts the
rules were written with. benchmarks/coach_data/README.md describes the texts, and why some are set aside.
"""

import csv
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cycle.coach import Remark, review_goal, review_question, review_request

DATA = Path(__file__).parent / "coach_data"
REVIEWS: dict[str, Callable[[str], list[Remark]]] = {
    "goals": review_goal,
    "questions": review_question,
    "requests": review_request,
}
# Targets on the set-aside texts. Requests have none, because there are too few of them.
WANTED_F1 = {"goals": 0.93, "questions": 0.93}
# Microseconds per text, on average. A form has a few dozen texts, and people must not notice the coach.
WANTED_SPEED = 1_000
# Runs over all texts; the fastest one counts.
RUNS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: what was measured, the figure, the target (empty if there is none), and a note."""

    name: str
    value: str
    target: str
    note: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A text whose verdict differs from its label. `pointed_out`: True if the coach made a remark on it."""

    text: str
    pointed_out: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """How the coach did on one file.

    Attributes:
        name: "goals", "questions" or "requests".
        texts: how many texts were reviewed.
        right: how many of them the coach pointed out rightly.
        misses: the texts it judged wrongly.
        speed: microseconds per text.
    """

    name: str
    texts: int
    right: int
    misses: tuple[Miss, ...]
    speed: float

    @property
    def precision(self) -> float:
        """The share of the remarks that were due."""
        made = self.right + sum(miss.pointed_out for miss in self.misses)
        return self.right / made if made else 0.0

    @property
    def recall(self) -> float:
        """The share of the remarks due that were made."""
        due = self.right + sum(not miss.pointed_out for miss in self.misses)
        return self.right / due if due else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def measure(part: str = "set_aside") -> list[Measured]:
    """Measure on the files of one part, "set_aside" or "tuning"."""
    return [_measured(name, DATA / f"{name}_{part}.csv") for name in REVIEWS]


def table() -> list[Row]:
    """The figures on the set-aside texts, without the misses."""
    return _rows(measure())


def _measured(name: str, path: Path) -> Measured:
    review = REVIEWS[name]
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["verdict"] == "remark") for row in csv.DictReader(file)]
    judged = [(text, bool(review(text)), due) for text, due in rows]
    return Measured(
        name=name,
        texts=len(rows),
        right=sum(made and due for _, made, due in judged),
        misses=tuple(Miss(text, made) for text, made, due in judged if made is not due),
        speed=min(_seconds(review, [text for text, _ in rows]) for _ in range(RUNS)) / len(rows) * 1e6,
    )


def _seconds(review: Callable[[str], list[Remark]], texts: Sequence[str]) -> float:
    begun = time.perf_counter()
    for text in texts:
        review(text)
    return time.perf_counter() - begun


def _rows(measured: Sequence[Measured]) -> list[Row]:
    rows: list[Row] = []
    for each in measured:
        wanted = WANTED_F1.get(each.name)
        missed = wanted is not None and each.f1 <= wanted
        note = (
            f"precision {each.precision:.3f}, recall {each.recall:.3f}, {len(each.misses)} of {each.texts} texts wrong"
        )
        target = f"> {wanted}" if wanted is not None else ""
        rows.append(Row(f"coach, {each.name}: F1", f"{each.f1:.3f}", target, f"MISSED: {note}" if missed else note))
        slow = "MISSED: " if each.speed >= WANTED_SPEED else ""
        speed = f"{each.speed:.0f} µs"
        note = f"{slow}best of {RUNS} runs"
        rows.append(Row(f"coach, {each.name}: time per text", speed, f"< {WANTED_SPEED} µs", note))
    return rows


def main(arguments: Sequence[str]) -> None:
    """Print the figures and every miss."""
    measured = measure("tuning" if "--tuning" in arguments else "set_aside")
    for row in _rows(measured):
        print(f"{row.name:32} {row.value:>9}  {row.target:>9}  {row.note}")
    for each in measured:
        for miss in each.misses:
            print(f"{each.name}: {'remark, but fine' if miss.pointed_out else 'no remark'}: {miss.text}")


if __name__ == "__main__":
    main(sys.argv[1:])
