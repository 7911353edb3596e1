from bot.log_limit import SECONDS_PER_LINE, LogLimit


def test_a_flood_is_one_line_and_a_count():
    """The first line passes; those of the next seconds are skipped and counted; kinds do not affect each other."""
    moment = 100.0
    limit = LogLimit(lambda: moment)
    assert limit.skipped_before("refused") == 0
    assert [limit.skipped_before("refused") for _ in range(1_000)] == [None] * 1_000
    assert limit.skipped_before("malformed") == 0
    moment += SECONDS_PER_LINE
    assert limit.skipped_before("refused") == 1_000
    moment += SECONDS_PER_LINE
    assert limit.skipped_before("refused") == 0
