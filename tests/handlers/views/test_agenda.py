from typing import Any

import pytest

from cycle.agendas import LONGEST_ITEM, MOST_ITEMS, NEW_ITEMS, TEXT, Accepted, AgendaView, mark_of
from handlers.agenda import AGENDA
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, MenuChoice
from handlers.shared.view_metadata import AgendaMetadata, AmendMetadata
from handlers.views import agenda as view
from sandbox.validation import problems
from storage.agenda import AgendaItem, ItemState
from storage.people import Person
from tests.support.builders import MADRID, at, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 2, 10)
THEN = at(MADRID, 2026, 11, 24, 10)
ANA, CHIYO = person("Ana Ruiz", id=1), person("Chiyo Tanaka", id=2)
TWO = pair(ANA, CHIYO, id=1)
ABOUT = AgendaMetadata(pair_id=1)


def item(key: int, author: Person = ANA, text: str = "My course", **also: Any) -> AgendaItem:
    """An agenda item."""
    return AgendaItem(
        **({"id": key, "pair_id": 1, "discussion_id": 7, "author_id": author.id, "text": text, "position": key,
            "proposed_at": NOW} | also)
    )  # fmt: skip


def agenda(*items: AgendaItem, employee: Person = ANA, manager: Person = CHIYO) -> AgendaView:
    """An agenda with these items."""
    return AgendaView(TWO, scheduled(TWO, THEN, id=7), employee, manager, items)


def listed(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks of the items."""
    return [block for block in shown["blocks"] if block.get("block_id", "").startswith("item.")]


def buttons(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The page buttons."""
    rows = [block for block in shown["blocks"] if block.get("block_id", "").startswith(view.PAGES)]
    return [element for row in rows for element in row["elements"]]


def test_an_empty_agenda_invites():
    """Nothing to list, a field to propose, and no page buttons; also where there is no date yet."""
    shown = view.render(agenda(), ANA, ABOUT, now=NOW)
    assert problems("modal", shown) == []
    assert "Nothing here yet" in str(shown["blocks"])
    assert shown["submit"]["text"] == "Propose"
    undated = AgendaView(TWO, planning(TWO, THEN.date()), ANA, CHIYO, ())
    assert "which has no date yet" in str(view.render(undated, ANA, ABOUT, now=NOW)["blocks"])


def test_E15_each_item_says_who_proposed_it_and_its_state():
    """The employee's come first, with state and author in words, and the original words of an amended item."""
    items = [
        item(1, CHIYO, "The audit", state=ItemState.ACCEPTED),
        item(2, ANA, "Which course by June", state=ItemState.AMENDED, first_text="My <course>"),
        item(3, ANA, "What makes me ready?", is_question=True, carried_from_id=9),
    ]
    first, second, third = (one["text"]["text"] for one in listed(view.render(agenda(*items), ANA, ABOUT, now=NOW)))
    assert first == "1. Which course by June\n_Your item · reworded by Chiyo_\nFirst: “My &lt;course&gt;”"
    assert second == "2. What makes me ready?\n_Your question · Chiyo has not answered yet · left from last time_"
    assert third == "3. The audit\n_Chiyo's item · accepted by you_"
    theirs = [one["text"]["text"] for one in listed(view.render(agenda(*items), CHIYO, ABOUT, now=NOW))]
    assert "_Ana's item · reworded by you_" in theirs[0]
    assert "_Ana's question · waiting for your answer · left from last time_" in theirs[1]
    assert "_Your item · accepted by Ana_" in theirs[2]


@pytest.mark.parametrize(
    ("me", "label"), [(CHIYO, "Accept all 2"), (ANA, "Accept this item"), (person("Mia", id=3), None)]
)
def test_E15_whoever_has_something_to_answer_can_accept_it_with_one_press(me: Person, label: str | None):
    """The button says how many items wait for that side, and carries a mark of the words of each; else no button."""
    items = [item(1), item(2), item(3, state=ItemState.ACCEPTED), item(4, CHIYO), item(5, state=ItemState.AMENDED)]
    given = items if label else items[2:3]
    shown = view.render(agenda(*given), me, ABOUT, now=NOW)
    assert problems("modal", shown) == []
    rows = [block for block in shown["blocks"] if block.get("block_id") == "accept_all"]
    assert [row["elements"][0]["text"]["text"] for row in rows] == ([label] if label else [])
    assert [row["elements"][0]["style"] for row in rows] == (["primary"] if label else [])
    read = {1: [items[3]], 2: items[:2]}.get(me.pk, [])
    assert [view.marks(row["elements"][0]["value"]) for row in rows] == (
        [{one.pk: mark_of(one) for one in read}] if label else []
    )


@pytest.mark.parametrize("value", ["", "4", "4:", "a:b", "-1:ff", "4:ff 5", "٣:ff", "9" * 400 + ":ff"])
def test_a_button_of_an_older_list_carries_no_marks_that_could_match(value: str):
    """Whatever such a button carries can be read, and matches no item's words."""
    assert mark_of(item(4)) not in view.marks(value).values()


def test_what_was_done_just_now_is_said_on_top():
    """The sentence stands above everything else, people's names escaped."""
    shown = view.render(agenda(), ANA, ABOUT, now=NOW, done=view.accepted(Accepted(6), person("B<e>n", id=2)))
    assert shown["blocks"][0]["text"]["text"] == (":white_check_mark: You accepted 6 items. I'll let B&lt;e&gt;n know.")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (Accepted(0), "Nothing is waiting for your answer any more."),
        (Accepted(1), "You accepted 1 item. I'll let Ben know."),
        (
            Accepted(2, reworded=1),
            (
                "You accepted 2 items. I'll let Ben know. "
                "One item was reworded since you read it, so it still waits for your answer."
            ),
        ),
        (Accepted(0, reworded=2), "2 items were reworded since you read them, so they still wait for your answer."),
    ],
)
def test_E15_what_accepting_did_is_said(what: Accepted, sentence: str):
    """How many items were accepted, and how many wait since their words have changed."""
    assert view.accepted(what, person("Ben", id=2)) == sentence


ACCEPT, COUNTER, AMEND, UP, DOWN, CARRY_OVER, WITHDRAW = MenuChoice


@pytest.mark.parametrize(
    ("me", "key", "offers"),
    [
        (ANA, 1, [AMEND, DOWN, CARRY_OVER, WITHDRAW]),
        (ANA, 2, [AMEND, UP, DOWN, CARRY_OVER, WITHDRAW]),
        (ANA, 3, [AMEND, UP, CARRY_OVER, WITHDRAW]),
        (ANA, 4, [ACCEPT, COUNTER, AMEND, CARRY_OVER]),
        (CHIYO, 1, [ACCEPT, COUNTER, AMEND, CARRY_OVER]),
        (CHIYO, 2, [COUNTER, AMEND, CARRY_OVER]),
        (CHIYO, 3, [COUNTER, AMEND, CARRY_OVER]),
        (CHIYO, 4, [AMEND, CARRY_OVER, WITHDRAW]),
    ],
)
def test_a_menu_offers_what_can_be_done(me: Person, key: int, offers: list[MenuChoice]):
    """My own items can be moved and taken back, the other's accepted while proposed; five choices at most."""
    items = [item(1), item(2, state=ItemState.ACCEPTED), item(3, state=ItemState.AMENDED), item(4, CHIYO)]
    shown = agenda(*items)
    assert view.menu_of(items[key - 1], shown, me) == offers
    menu = listed(view.render(shown, me, ABOUT, now=NOW))[key - 1]["accessory"]
    marks = [f":{mark_of(items[key - 1])}" if offer is ACCEPT else "" for offer in offers]
    assert [option["value"] for option in menu["options"]] == [
        f"{offer}:{key}{mark}" for offer, mark in zip(offers, marks, strict=True)
    ]


@pytest.mark.parametrize(
    ("count", "page", "shown_first", "labels"),
    [
        (10, 0, 1, []),
        (11, 0, 1, ["On to item 11"]),
        (30, 1, 11, ["Back to items 1–10", "On to items 21–30"]),
        (25, 2, 21, ["Back to items 11–20"]),
        (11, 2, 11, ["Back to items 1–10"]),
        (0, 3, None, []),
    ],
)
def test_long_lists_page(count: int, page: int, shown_first: int | None, labels: list[str]):
    """Ten items per page, with buttons that say where they lead; a page that has emptied shows the one before."""
    shown = view.render(agenda(*(item(key) for key in range(1, count + 1))), ANA, ABOUT.updated(page=page), now=NOW)
    assert problems("modal", shown) == []
    blocks = listed(shown)
    assert len(blocks) <= view.PAGE_SIZE
    assert (int(blocks[0]["text"]["text"].split(".")[0]) if blocks else None) == shown_first
    assert [one["text"]["text"] for one in buttons(shown)] == labels
    assert AgendaMetadata.of(shown).page == ((shown_first - 1) // 10 if shown_first else 0)


def test_what_was_being_written_is_resumed():
    """A draft is put back into its field and says when it was saved; a redraw keeps the text without that note."""
    values = FormValues({NEW_ITEMS: {ActionId.TYPED: {"value": "My course\nA mentor"}}})
    resumed = view.render(agenda(), ANA, ABOUT, values, NOW, now=NOW)
    assert problems("modal", resumed) == []
    assert resumed["blocks"][-1]["element"]["initial_value"] == "My course\nA mentor"
    assert "Here is your draft of Mon 2 Nov at 10:00" in str(resumed["blocks"])
    redrawn = view.render(agenda(), ANA, ABOUT, values, now=NOW)
    assert redrawn["blocks"][-1] == resumed["blocks"][-1]
    assert "your draft" not in str(redrawn["blocks"])
    blank = FormValues({NEW_ITEMS: {ActionId.TYPED: {"value": None}}})
    assert "your draft" not in str(view.render(agenda(), ANA, ABOUT, blank, NOW, now=NOW)["blocks"])


def test_a_draft_belongs_to_the_discussion():
    """Items that were being written for a discussion that has ended never appear in the form for the next one."""
    shown = view.render(agenda(), ANA, ABOUT.updated(discussion_id=7), now=NOW)
    assert AGENDA.draft_subject is not None
    assert AGENDA.draft_subject(AgendaMetadata.of(shown)) == 7


def left_in(shown: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The items for the discussion after this one, with the value of the button beside each."""
    rows = [block for block in shown["blocks"] if block.get("block_id", "").startswith("left.")]
    return [(row["text"]["text"], row.get("accessory", {}).get("value")) for row in rows]


def test_E15_items_left_for_next_time_are_named_with_a_way_back():
    """Which items wait for the discussion after this one, and who left them: their author or that one brings back."""
    left = [
        item(1, state=ItemState.CARRIED_OVER, text="My <course>"),
        item(2, state=ItemState.CARRIED_OVER, answered_at=NOW),
        item(3, CHIYO, state=ItemState.CARRIED_OVER),
    ]
    rows = {me.pk: left_in(view.render(agenda(*left), me, ABOUT, now=NOW)) for me in (ANA, CHIYO)}
    assert rows[1] == [
        ("My &lt;course&gt;\n_Your item · you left it for next time_", "1"),
        ("My course\n_Your item · Chiyo left it for next time_", "2"),
        ("My course\n_Chiyo's item · Chiyo left it for next time_", None),
    ]
    assert rows[2] == [
        ("My &lt;course&gt;\n_Ana's item · Ana left it for next time_", None),
        ("My course\n_Ana's item · you left it for next time_", "2"),
        ("My course\n_Your item · you left it for next time_", "3"),
    ]
    many = [item(key, state=ItemState.CARRIED_OVER) for key in range(1, 31)]
    assert "And 25 items more." in str(view.render(agenda(*many), ANA, ABOUT, now=NOW)["blocks"])


def test_E15_suggested_words_stand_below_those_of_the_author():
    """Old and new words one below the other for both; two buttons for the author, who sees afterwards what they did."""
    waiting = item(1, text="My course", state=ItemState.COUNTERED, counter_text="Which <course>", counter_number=2)
    shown = view.render(agenda(waiting), ANA, ABOUT, now=NOW)
    assert problems("modal", shown) == []
    here = shown["blocks"].index(listed(shown)[0])
    old, new, row = shown["blocks"][here : here + 3]
    assert old["text"]["text"] == "1. My course\n_Your item · Chiyo suggests other words_"
    assert new["text"]["text"] == "Chiyo suggests: “Which &lt;course&gt;”"
    assert [(one["text"]["text"], one["value"]) for one in row["elements"]] == [
        ("Use these words", "1:2"), ("Keep mine", "1:2")
    ]  # fmt: skip
    theirs = view.render(agenda(waiting), CHIYO, ABOUT, now=NOW)["blocks"]
    assert "_Ana's item · waiting for Ana's answer to your words_" in str(theirs)
    assert "You suggest: “Which &lt;course&gt;”" in str(theirs)
    assert "Use these words" not in str(theirs)
    kept = item(1, state=ItemState.KEPT, counter_text="Which course", counter_answered_at=NOW)
    taken = item(
        2, text="Which course", first_text="A course", state=ItemState.AMENDED, counter_text="Which course",
        counter_answered_at=NOW,
    )  # fmt: skip
    for me, facts in (
        (ANA, ["you kept your words", "Chiyo suggested: “Which course”", "Chiyo's words, which you took"]),
        (CHIYO, ["Ana kept these words", "You suggested: “Which course”", "your words, which Ana took"]),
    ):
        settled = view.render(agenda(kept, taken), me, ABOUT, now=NOW)["blocks"]
        assert [fact for fact in facts if fact not in str(settled)] == []
        assert str(settled).count("suggested:") == 1
        assert "First: “A course”" in str(settled)
        assert "Use these words" not in str(settled)


def test_E15_suggesting_starts_from_the_present_words_or_the_last_suggestion():
    """The form quotes the item, says that its author decides, and resumes a suggestion that still waits."""
    metadata = AmendMetadata(pair_id=1, item_id=4, page=1)
    fresh = view.countering(item(4, text="My <course>"), ANA, CHIYO, metadata, now=NOW)
    assert problems("modal", fresh) == []
    assert fresh["blocks"][0]["text"]["text"] == "Ana's item:\n> My &lt;course&gt;"
    assert fresh["blocks"][1]["element"]["initial_value"] == "My <course>"
    assert "until Ana takes your words" in fresh["blocks"][1]["hint"]["text"]
    waiting = item(4, state=ItemState.COUNTERED, counter_text="Which course")
    again = view.countering(waiting, ANA, CHIYO, metadata, now=NOW)
    assert again["blocks"][1]["element"]["initial_value"] == "Which course"


@pytest.mark.parametrize("sign", ["x", "&", "<", "\n", "名", "`", "ש"])
def test_long_names_and_items_fit(sign: str):
    """Thirty amended items of the greatest length, between two people with the longest names, fit page by page."""
    ana, chiyo = person(sign * 255, id=1), person(sign * 255, id=2)
    long_text = {
        "text": sign * LONGEST_ITEM, "first_text": "y" + sign * (LONGEST_ITEM - 1), "counter_text": sign * 499,
        "state": ItemState.COUNTERED,
    }  # fmt: skip
    items = [item(key, ana if key % 2 else chiyo, **long_text) for key in range(1, MOST_ITEMS + 1)]
    left = [item(key, ana, **(long_text | {"state": ItemState.CARRIED_OVER})) for key in range(31, 61)]
    typed = FormValues({NEW_ITEMS: {ActionId.TYPED: {"value": sign * 3000}}})
    for page in range(3):
        for me in (ana, chiyo):
            shown = view.render(
                agenda(*items, *left, employee=ana, manager=chiyo), me, ABOUT.updated(page=page), typed, NOW, now=NOW
            )  # fmt: skip
            assert problems("modal", shown) == []


def test_amending_starts_from_the_present_words():
    """The form has the item's words and leads back to the same page of the list."""
    shown = view.amending(item(4, text="My <course>"), ANA, AmendMetadata(pair_id=1, item_id=4, page=1), now=NOW)
    assert problems("modal", shown) == []
    (field,) = shown["blocks"]
    assert (field["block_id"], field["element"]["initial_value"]) == (TEXT, "My <course>")
    metadata = AmendMetadata.of(shown)
    assert (metadata.pair_id, metadata.item_id, metadata.page) == (1, 4, 1)
