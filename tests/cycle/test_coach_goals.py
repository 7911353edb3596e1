import pytest

from cycle.coach import RemarkKind, review_goal


@pytest.mark.parametrize(
    "text",
    [
        "Pass the CIPD Level 5 exam by the summer school",
        "Cut scrap on press 3 from 4 % to 2.5 %",
        "Hold one-to-ones with all six reports each month",
        "three to five customer visits a quarter",
        "Save £12k on packaging this year",
        "Food cost at 28 % or lower",
        "Rewrite the onboarding guide with Priya",
        "HGV licence",
        "Learn enough Polish to brief the night crew on my own",
        "improve first-call resolution from 71 % to 80 %",
        "Plan and run the open day for 300 visitors in June",
        "Draft the SOP and have it approved by quality",
        "Become deputy head of year by September",
        "study for and pass the bar exam",
        "We will move all customers off the old tariff before the merger",
    ],
)
def test_M6_a_goal_with_a_result_passes(text: str):
    """A measure, an amount, a frequency, a named deliverable or a dated step is enough, however it is worded."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Be a better leader",
        "Higher engagement",
        "Be number one in the region",
        "Give 110 % every single day",
        "Increase customer satisfaction",
        "Be seen as a trusted adviser by 2027",
        "I want to feel less overwhelmed on night shifts",
        "Run a tight ship",
    ],
)
def test_M6_a_wish_is_vague(text: str):
    """Wishes, qualities and directions cannot be checked, even with a date or a number that measures nothing."""
    assert [remark.kind for remark in review_goal(text)] == [RemarkKind.VAGUE]


@pytest.mark.parametrize(
    "text",
    [
        "research competitors",
        "Learn Go",
        "Keep learning",
        "Get to grips with the new system",
        "Spend more time on design",
    ],
)
def test_M6_effort_without_an_end_is_a_vague_activity(text: str):
    """A goal that one could work on for ever gets both remarks, and a result to aim at."""
    remarks = review_goal(text)
    assert [remark.kind for remark in remarks] == [RemarkKind.VAGUE, RemarkKind.ACTIVITY]
    assert remarks[0].suggestion.startswith(f"{text}: ")
    assert review_goal(remarks[0].suggestion) == []


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Improve my English", "two meetings held in it without help"),
        ("Improve my time management", "no missed deadlines for three months"),
        ("Improve my communication skills", "three updates presented to the whole team"),
        ("Get better at writing", "three reports sent out without corrections"),
        ("Be a better leader", "two projects led from start to finish"),
        ("Be kinder to customers", "a rating of 4.5 out of 5"),
        ("Be a team player", "two projects finished with another team"),
        ("research competitors", "a two-page summary that the team uses"),
        ("Learn Go", "one finished piece of work, signed off by a colleague"),
        ("Be more confident", "two colleagues can each name an example"),
    ],
)
def test_M6_the_example_fits_the_topic(text: str, result: str):
    """A goal without a result gets a suggestion on its own topic, and the suggestion passes."""
    suggestion = review_goal(text)[0].suggestion
    assert suggestion == f"{text}: {result}"
    assert review_goal(suggestion) == []


def test_M6_E3_the_example_is_about_the_first_of_two_goals():
    """The second goal has no influence on the result suggested for the first."""
    remarks = review_goal("Get better at SQL and learn to delegate")
    assert remarks[0].suggestion == "Get better at SQL: one finished piece of work, signed off by a colleague"


def test_M6_a_dated_activity_is_still_an_activity():
    """A date alone shows no result."""
    text = "Look into event management by the end of the year"
    (remark,) = review_goal(text)
    assert remark.kind is RemarkKind.ACTIVITY
    assert text[remark.start : remark.end] == "Look"


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Retire the old billing by May and give a talk in Berlin", "give a talk in Berlin"),
        ("Pass the bar exam this year; set up a clinic in Cardiff.", "set up a clinic in Cardiff"),
        ("Phlebotomy certificate by May & 10 % less waste", "10 % less waste"),
        ("Cut waste by 10 %, hire a pastry chef and rewrite the menu", "hire a pastry chef and rewrite the menu"),
        ("Earn a rosette, plus hire a second sous-chef", "hire a second sous-chef"),
    ],
)
def test_M6_E3_two_goals_in_one_are_separated(text: str, second: str):
    """The second goal is marked, and the first one alone is suggested."""
    (remark,) = review_goal(text)
    assert remark.kind is RemarkKind.SEVERAL
    assert text[remark.start : remark.end] == second
    assert review_goal(remark.suggestion) == []


def test_E3_a_longer_term_goal_passes_with_its_result():
    """A goal that is years ahead is fine, since people choose the horizon in the form."""
    assert review_goal("Lead the Rotterdam audit from start to finish by 2029") == []
