import pytest

from cycle.coach import RemarkKind, review_request


@pytest.mark.parametrize(
    "text",
    [
        "I would like to talk with you about how I could grow into the shift lead role here.",
        "We leave for the trade fair on Monday; could we have our talk on the Friday before?",
        "The new offer for our hospital customers went well. Can we talk about doing more of that?",
        "Let's move on to the next topic: my training. Is Tuesday all right?",
        "I'd like to move on to the senior grade and hear what is missing.",
        "I want to understand my options inside the team.",
        "I was not chosen for the pilot and would like to hear how to be ready for the next one.",
        "My mentor is leaving in June; who could follow her?",
        "I handled a few angry guests last month and would like some training on that.",
        "I want to stay with the company and grow into export.",
        "I'm still waiting for my exam results but would like to plan what follows.",
        "You keep surprising me with good advice. Could we set aside some time for it?",
        "You have kept encouraging me, and I would like to plan what follows.",
        "You keep me motivated, and I would like to grow here.",
        "You keep surprising me with what is possible here, and I'd like to plan my next step with you.",
        "You kept encouraging me through the exam year. Could we talk about what follows?",
    ],
)
def test_E5_a_career_here_passes(text: str):
    """Words that only look like leaving or blame get no remark."""
    assert review_request(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I have had an outside offer and want to talk.", "outside offer"),
        ("It may be time to consider my other options.", "other options"),
        ("I feel it is time for moving on.", "moving on"),
        ("A headhunter got in touch. Could we talk?", "headhunter"),
        ("I wonder whether to stay.", "stay"),
    ],
)
def test_E5_what_sounds_like_leaving_is_pointed_out(text: str, words: str):
    """The words that sound like leaving are marked, and the suggestion is about growing here."""
    (remark,) = review_request(text)
    assert remark.kind is RemarkKind.LEAVING
    assert words in text[remark.start : remark.end]
    assert "here" in remark.suggestion


@pytest.mark.parametrize(
    "text",
    [
        "It's unfair that Jonas got the project. Could we meet?",
        "You never have time for me.",
        "You keep cancelling our talks.",
        "You keep putting me off.",
        "I'm fed up with being left out.",
        "Nobody cares about my development.",
        "You keep giving the good tours to others.",
        "You kept moving our meeting.",
    ],
)
def test_E5_what_sounds_like_a_complaint_is_pointed_out(text: str):
    """Words that sound like blame get that one remark."""
    assert [remark.kind for remark in review_request(text)] == [RemarkKind.COMPLAINT]
