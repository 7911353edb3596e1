"""What people do again and again in the journeys, as they do it: on the sandbox's page."""

from tests.support.stage import Actor, Stage

FIRST_DISCUSSION = "2026-09-25 11:00"
"""A Friday two and a half weeks ahead, on Ana's clock in Madrid; 10:00 for Ben in London."""

NEXT_DISCUSSION = "2026-10-28 11:00"


async def begun(stage: Stage, employee: str = "Ana", manager: str = "Ben") -> tuple[Actor, Actor]:
    """Two people whose career discussions have begun."""
    asking, asked = await stage.enter(employee), await stage.enter(manager)
    await asks(asking, manager)
    await says_yes(asked, employee)
    await asking.reads(f"{manager} said yes.")
    return asking, asked


async def asks(me: Actor, other: str, side: str = "The employee") -> None:
    """Somebody names the other side."""
    await me.type("/career start")
    await me.sees_modal("Career discussions")
    await me.choose("side", side)
    await me.choose_person("other", other)
    await me.submit()
    await me.sees_modal("Asked")
    await me.close_all()


async def says_yes(me: Actor, other: str) -> None:
    """The other side agrees."""
    question = await me.reads(f"{other} ")
    await me.press("Yes, let's", question)
    await me.reads("You said yes")


async def sets_date(me: Actor, moment: str = FIRST_DISCUSSION) -> None:
    """Somebody sets or moves the date."""
    await me.type("/career schedule")
    await me.sees_modal("Find a time")
    await me.fill({"starts_at": moment})
    await me.hand_in()


async def waits_until(me: Actor, text: str, *, moves: int = 12) -> None:
    """Go from nudge to nudge until somebody reads something."""
    for _ in range(moves):
        if await me.message(text).count():
            break
        await me.move_clock("next")
    await me.reads(text)


async def wraps_up(me: Actor, commitments: list[tuple[str, str, str]], next_discussion: str = NEXT_DISCUSSION) -> None:
    """Somebody says that the talk took place, and who promised what by when."""
    await me.type("/career wrapup")
    await me.sees_modal("How did it go?")
    await me.choose("happened", "Yes, we talked")
    await me.sees_modal("How did it go?", "What will each of you do by then?")
    for number, (what, who, by) in enumerate(commitments):
        await me.fill(
            {f"commitment.{number}.text": what, f"commitment.{number}.owner": who, f"commitment.{number}.due_on": by}
        )
    if not commitments:
        await me.tick("no_commitments", "No promises this time, on purpose")
    await me.fill({"next_starts_at": next_discussion})
    await me.submit()
    await me.sees_modal("Wrapped up")
    await me.close_all()
