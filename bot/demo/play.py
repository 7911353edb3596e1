"""Plays the story of the team in a sandbox: every scene at its moment, as people would do it on the page."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import structlog

from bot.demo.acts import Moment, Scene
from bot.demo.team import BEN, ENDS, FIRST_LOOK, STORY, WEEKS
from sandbox.acting import Actor, Stage
from sandbox.clock import OPENING, OPENING_ZONE, next_opening
from sandbox.filling import Filled

log = structlog.get_logger(__name__)


async def play(stage: Stage, settle: Callable[[], Awaitable[None]]) -> Filled:
    """Act out the story; `settle` waits until the bot has done everything it does about what was done last.

    Raises `sandbox.acting.NotThere` where the story and the bot disagree.
    """
    first_monday = next_start(stage)
    moments = {each: Moment(each.when).at(first_monday, stage.actor(each.who).tz) for each in STORY}
    for each in sorted(STORY, key=lambda one: moments[one]):
        stage.show_progress(f"week {each.when.split()[0]} of {WEEKS}")
        await stage.move_to(moments[each])
        await _play(each, stage.actor(each.who), first_monday, settle)
    await stage.move_to(ENDS.at(first_monday, OPENING_ZONE.key))
    await settle()
    log.info("demo.filled", scenes=len(STORY))
    return Filled(BEN, FIRST_LOOK)


def start_for(now: datetime) -> datetime:
    """Where the clock of a new workspace has to start for the story to end in the week of `now`, or of its Monday."""
    opening = next_opening(now).astimezone(OPENING_ZONE)
    monday = opening.date() - timedelta(days=opening.weekday(), weeks=WEEKS - 1)
    return datetime.combine(monday, OPENING, OPENING_ZONE)


def next_start(stage: Stage) -> date:
    """The Monday on which the story can begin: the next one whose first scene is still to come."""
    first = STORY[0]
    tz = stage.actor(first.who).tz
    day = stage.now().astimezone(OPENING_ZONE).date()
    day += timedelta(days=-day.weekday() % 7)
    while Moment(first.when).at(day, tz) < stage.now():
        day += timedelta(weeks=1)
    return day


async def _play(each: Scene, actor: Actor, first_monday: date, settle: Callable[[], Awaitable[None]]) -> None:
    for act in each.acts:
        await act.done_by(actor, first_monday)
        await settle()
    await actor.close_all()
    await settle()
