"""What docs/operations.md says of `career status` is what it prints."""

import re
from pathlib import Path

from scheduler.status import WorkspaceStatus, report
from storage.deliveries import FailedDelivery, UnconfirmedDelivery
from storage.nudges import RETRYABLE_FAILURES, NudgeState
from tests.support.builders import at

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_the_example_of_the_status_is_what_it_prints():
    """Line by line, as far as words and places go."""
    status = WorkspaceStatus(
        "T0ACME",
        "Acme",
        {NudgeState.PLANNED: 1204, NudgeState.SENT: 318, NudgeState.FAILED: 1},
        overdue=0,
        unconfirmed=[UnconfirmedDelivery("U024BE7LH", at("UTC", 2027, 1, 20, 9), 3)],
        failures=[FailedDelivery("day_before", "U0G9QF9C6", "cannot_dm_bot", at("UTC", 2027, 1, 19, 8))],
    )
    assert f"```\n{report([status])}\n```" in TEXT


def test_every_failure_that_passes_is_explained():
    """Each cause after which a nudge is planned again is in the table of causes."""
    causes = set(re.findall(r"`(\w+)`", TEXT.partition("| cause of a failure |")[2].partition("\n\n")[0]))
    assert causes >= RETRYABLE_FAILURES
