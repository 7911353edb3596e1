"""One of everything in a workspace, and every way there is to find it again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from cycle.replanning import replan
from storage.achievements import Achievement
from storage.agenda import AgendaItem
from storage.base import NotFound
from storage.commitments import ChangeRequest
from storage.database import Database
from storage.discussions import Discussion
from storage.drafts import Draft, DraftKey
from storage.drives import Drive, DriveKind
from storage.gaps import Gap
from storage.meeting_requests import MeetingRequest
from storage.messages import Message, MessageState, NewMessage
from storage.nudges import Nudge, NudgeScope, NudgeState, Transition
from storage.objectives import Benchmark, Horizon, Objective
from storage.opportunities import Digest, Frequency, Opportunity, OpportunityKind, SignUp
from storage.pairs import PairState, Side
from storage.people import Person, WorkspaceDays
from storage.preparations import Answer, Preparation
from storage.pulses import Pulse, Score
from storage.requests import ProcessedRequest
from storage.store import Store
from storage.team_objectives import TeamObjective
from storage.thanks import ThankYou
from storage.updates import Update, UpdateKind
from storage.wrap_ups import Addition, Notes
from tests.support.builders import LONG_AGO, commitment, held, pair, person, saved, scheduled

FAR = LONG_AGO + timedelta(days=3650)
DAY = date(2027, 1, 15)


class Known:
    """Keys of everything that the first workspace has."""

    def __init__(self, **keys: int) -> None:
        self.__dict__.update(keys)

    def __getattr__(self, name: str) -> int:
        raise AttributeError(name)


class Full(NamedTuple):
    """A database with one of everything in a workspace."""

    database: Database
    workspace_id: int
    known: Known


async def one_of_everything(database: Database, workspace_id: int) -> Known:
    """A pair with one of everything."""
    async with database.unit(workspace_id) as store:
        ana, bo, chiyo = person(slack_id="U0ANA"), person("Bo"), person("Chiyo")
        await saved(store, ana, bo, chiyo)
        two, waiting = pair(ana, bo), pair(bo, chiyo, state=PairState.ASKED, answered_at=None)
        await saved(store, two, waiting)
        past, coming = held(two, LONG_AGO, LONG_AGO), scheduled(two, FAR, number=2)
        await saved(store, past, coming)
        made = commitment(two, ana, DAY, discussion_id=past.pk)
        kept = commitment(two, ana, DAY, state="done", settled_at=LONG_AGO)
        preparation = Preparation(
            pair_id=two.pk, discussion_id=coming.pk, author_id=ana.pk, side=Side.EMPLOYEE, submitted_at=LONG_AGO
        )
        item = AgendaItem(
            pair_id=two.pk, discussion_id=coming.pk, author_id=ana.pk, text="x", position=1, proposed_at=LONG_AGO
        )
        talked_about = AgendaItem(
            pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, text="x", position=1, proposed_at=LONG_AGO
        )
        objective = Objective(pair_id=two.pk, owner_id=ana.pk, horizon=Horizon.SHORT, text="x", target_on=DAY,
                              set_at=LONG_AGO)  # fmt: skip
        achievement = Achievement(person_id=ana.pk, text="x", happened_on=DAY, saved_at=LONG_AGO)
        thanks = ThankYou(pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, text="x", sent_at=LONG_AGO)
        draft = Draft(person_id=ana.pk, form="prep", subject_id=7, state="x", view_id="V1", typed_at=LONG_AGO,
                      saved_at=LONG_AGO)  # fmt: skip
        processed = ProcessedRequest(key="Ev1", processed_at=LONG_AGO)
        notes = Notes(pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, text="x", written_at=LONG_AGO)
        addition = Addition(pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, added_at=LONG_AGO, has_notes=True)
        await saved(
            store, made, kept, preparation, item, talked_about, objective, achievement, thanks, draft, processed
        )
        await saved(store, notes, addition)
        answer = Answer(
            pair_id=two.pk,
            preparation_id=preparation.pk,
            author_id=ana.pk,
            question="q",
            text="x",
            answered_at=LONG_AGO,
        )
        request = ChangeRequest(commitment_id=made.pk, pair_id=two.pk, asked_by_id=ana.pk, text="x", due_on=DAY,
                                asked_at=LONG_AGO)  # fmt: skip
        update = Update(pair_id=two.pk, commitment_id=made.pk, author_id=ana.pk, kind=UpdateKind.QUESTION,
                                  text="x", written_at=LONG_AGO)  # fmt: skip
        of_last_time = Preparation(
            pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, side=Side.EMPLOYEE, submitted_at=LONG_AGO
        )
        await saved(store, of_last_time)
        await saved(store, Answer(pair_id=two.pk, preparation_id=of_last_time.pk, author_id=ana.pk, question="q",
                                  text="x", answered_at=LONG_AGO))  # fmt: skip
        benchmark = Benchmark(pair_id=two.pk, objective_id=objective.pk, text="x", set_at=LONG_AGO)
        gap = Gap(pair_id=two.pk, author_id=ana.pk, skill="x", way="x", set_at=LONG_AGO)
        team = TeamObjective(listed_by_id=bo.pk, text="x", listed_at=LONG_AGO)
        about = Update(pair_id=two.pk, objective_id=objective.pk, author_id=ana.pk, kind=UpdateKind.QUESTION,
                       text="x", written_at=LONG_AGO)  # fmt: skip
        await saved(store, benchmark, gap, team, about)
        meeting = MeetingRequest(
            pair_id=two.pk, discussion_id=coming.pk, asked_by_id=ana.pk, words="x", times="1", asked_at=LONG_AGO
        )
        await saved(store, meeting)
        pulse = Pulse(pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, score=Score.GOOD, given_at=LONG_AGO)
        drive = Drive(pair_id=two.pk, discussion_id=past.pk, author_id=ana.pk, kind=DriveKind.PATH, text="lead",
                      set_at=LONG_AGO)  # fmt: skip
        await saved(store, answer, request, update, pulse, drive)
        offered, digest, sign_up = await _offer(store, bo, ana)
        await replan(store, two, LONG_AGO)
        nudge, given_up = (await store.nudges.of_pair(two.pk))[:2]
        [message] = (
            await store.messages.add([NewMessage(ana.pk, f"m{workspace_id}", late=False)], LONG_AGO, LONG_AGO)
        ).values()
        transitions = [
            Transition(nudge, NudgeState.CLAIMED, message_id=message),
            Transition(given_up, NudgeState.FAILED, failure="user_disabled"),
        ]
        await store.nudges.apply(transitions, LONG_AGO)
        of_a_person = Nudge(person_id=bo.pk, scope=NudgeScope.PERSON, kind="annual_floor", key="annual_floor:x",
                            subject_id=bo.pk, due_at=FAR, planned_at=LONG_AGO, ready_at=FAR, put_off_until=FAR,
                            message_id=message)  # fmt: skip
        sent = Message(person_id=bo.pk, public_id=f"s{workspace_id}", state=MessageState.SENT, claimed_at=LONG_AGO,
                       leased_at=LONG_AGO, edit_ready_at=LONG_AGO, posted_at=LONG_AGO,
                       due_at=LONG_AGO - timedelta(days=1))  # fmt: skip
        await saved(store, of_a_person, sent)
        await _say_something_of_the_workspace(store)
        was_sent = Nudge(person_id=bo.pk, scope=NudgeScope.PERSON, kind="annual_floor", key="annual_floor:y",
                         subject_id=bo.pk, due_at=LONG_AGO, planned_at=LONG_AGO, state=NudgeState.SENT,
                         message_id=sent.pk, live_since=LONG_AGO, settled_at=LONG_AGO)  # fmt: skip
        await saved(store, was_sent, *_told_of(sign_up, bo, sent))
        return Known(person=ana.pk, other=bo.pk, third=chiyo.pk, pair=two.pk, past=past.pk, discussion=coming.pk,
                     commitment=made.pk, item=item.pk, preparation=preparation.pk, request=request.pk,
                     objective=objective.pk, answer=answer.pk, thanks=thanks.pk, message=message,
                     notes=notes.pk, addition=addition.pk, achievement=achievement.pk, update=update.pk, pulse=pulse.pk,
                     claimed=nudge.pk, benchmark=benchmark.pk, gap=gap.pk, team=team.pk,
                     drive=drive.pk, meeting=meeting.pk, opportunity=offered.pk, digest=digest.pk,
                     sign_up=sign_up.pk)  # fmt: skip


async def _offer(store: Store, bo: Person, ana: Person) -> tuple[Opportunity, Digest, SignUp]:
    """A session, which a channel is told about and someone has signed up for."""
    offered = Opportunity(offered_by_id=bo.pk, kind=OpportunityKind.SESSION, title="x", about="x", skills="x",
                          place="x", starts_at=FAR, minutes=60, offered_at=LONG_AGO)  # fmt: skip
    digest = Digest(set_up_by_id=bo.pk, channel=f"C{bo.workspace_id}", frequency=Frequency.WEEKLY, weekday=0,
                    set_up_at=LONG_AGO)  # fmt: skip
    await saved(store, offered, digest)
    sign_up = SignUp(opportunity_id=offered.pk, person_id=ana.pk, signed_up_at=LONG_AGO)
    await saved(store, sign_up)
    return offered, digest, sign_up


def _told_of(sign_up: SignUp, bo: Person, sent: Message) -> list[Nudge]:
    """A nudge about it that is planned, and one that was sent."""
    common: dict[str, Any] = {
        "person_id": bo.pk, "scope": NudgeScope.TEAM, "opportunity_id": sign_up.opportunity_id, "kind": "signed_up",
        "subject_id": sign_up.pk, "planned_at": LONG_AGO,
    }  # fmt: skip
    return [
        Nudge(key="signed_up:x", due_at=FAR, ready_at=FAR, **common),
        Nudge(key="signed_up:y", due_at=LONG_AGO, state=NudgeState.SENT, message_id=sent.pk, live_since=LONG_AGO,
              settled_at=LONG_AGO, **common),
    ]  # fmt: skip


Ask = Callable[[Store, Known], Any]


async def _of_pair(store: Store, known: Known) -> list[Any]:
    stored, live = await store.nudge_plans.of_pair(known.pair, [], LONG_AGO)
    return [*stored, *live]


async def _say_something_of_the_workspace(store: Store) -> None:
    await store.pacing.set_next_slot(LONG_AGO)
    await store.people.set_workspace_days(WorkspaceDays("ES", ""))


async def _country(store: Store) -> str | None:
    return (await store.people.workspace_days()).country


def _after_the_objective(ask: Ask) -> Ask:
    """The gate lets benchmarks pass once their objective was read."""

    async def asked(store: Store, known: Known) -> Any:
        await store.objectives.current(known.pair)
        return await ask(store, known)

    return asked


def _after_the_opportunity(ask: Ask) -> Ask:
    """The gate lets sign-ups pass once what they are for was read."""

    async def asked(store: Store, known: Known) -> Any:
        await store.opportunities.by_ids([known.opportunity])
        return await ask(store, known)

    return asked


QUESTIONS: dict[str, Ask] = {
    "people.everyone": lambda store, _known: store.people.everyone(),
    "people.get": lambda store, known: store.people.get(known.person),
    "people.lock": lambda store, known: store.people.lock(known.person),
    "people.by_slack_id": lambda store, _known: store.people.by_slack_id("U0ANA"),
    "people.with_partners": lambda store, _known: store.people.with_partners("U0ANA", lambda _me: None),
    "people.by_ids": lambda store, known: store.people.by_ids([known.person]),
    "people.current_partners_of": lambda store, known: store.people.current_partners_of(known.person),
    "people.workspace_days": lambda store, _known: _country(store),
    "people.in_current_pairs": lambda store, _known: store.people.in_current_pairs(),
    "pairs.get": lambda store, known: store.pairs.get(known.pair),
    "pairs.lock": lambda store, known: store.pairs.lock(known.pair),
    "pairs.lock_of": lambda store, known: store.pairs.lock_of(Discussion, known.discussion),
    "pairs.by_ids": lambda store, known: store.pairs.by_ids([known.pair]),
    "pairs.current_of": lambda store, known: store.pairs.current_of(known.person),
    "pairs.with_row": lambda store, known: store.pairs.with_row(Discussion, known.discussion),
    "pairs.of": lambda store, known: store.pairs.of(Discussion, known.discussion),
    "pairs.of_person_since": lambda store, known: store.pairs.of_person_since(known.person, FAR),
    "pairs.has_manager": lambda store, known: store.pairs.has_manager(known.person),
    "pairs.unanswered_between": lambda store, known: store.pairs.unanswered_between(known.other, known.third),
    "pairs.asked_before": lambda store, _known: store.pairs.asked_before(FAR),
    "pairs.current_ids": lambda store, _known: store.pairs.current_ids(),
    "discussions.get": lambda store, known: store.discussions.get(known.discussion),
    "discussions.open_of": lambda store, known: store.discussions.open_of(known.pair),
    "discussions.latest": lambda store, known: store.discussions.latest([known.pair]),
    "discussions.latest_held": lambda store, known: store.discussions.latest_held(known.pair, 5),
    "discussions.busy": lambda store, known: store.discussions.busy([known.person], LONG_AGO, FAR),
    "discussions.of_pair": lambda store, known: store.discussions.of_pair(known.pair),
    "discussions.beside": lambda store, known: store.discussions.beside(known.discussion),
    "discussions.past_of": lambda store, known: store.discussions.past_of(known.person, 5),
    "discussions.pairs_with_past": lambda store, known: store.discussions.pairs_with_past(known.person),
    "preparations.of_discussion": lambda store, known: store.preparations.of_discussion([known.discussion]),
    "preparations.with_answers": lambda store, known: store.preparations.with_answers([known.discussion]),
    "preparations.for_open_discussion": lambda store, known: store.preparations.for_open_discussion(
        known.pair, known.person, ["preparation"]
    ),
    "preparations.answers_of": lambda store, known: store.preparations.answers_of(known.preparation),
    "preparations.of_other_side": lambda store, known: store.preparations.of_other_side(known.discussion, 0),
    "preparations.of_last_time": lambda store, known: store.preparations.of_last_time(known.pair, known.person),
    "preparations.of_pair": lambda store, known: store.preparations.of_pair(known.pair),
    "preparations.answers_to": lambda store, known: store.preparations.answers_to(known.pair, ["q", "skills"]),
    "drafts.get": lambda store, known: store.drafts.get(DraftKey(known.person, "prep", 7)),
    "drafts.with_discussion": lambda store, known: store.drafts.with_discussion(
        DraftKey(known.person, "preparation", known.discussion)
    ),
    "achievements.get": lambda store, known: store.achievements.get(known.achievement),
    "achievements.lock": lambda store, known: store.achievements.lock(known.achievement),
    "achievements.latest_of": lambda store, known: store.achievements.latest_of(known.person, 5),
    "achievements.since": lambda store, known: store.achievements.since(known.person, DAY, 5),
    "drives.with_objectives": lambda store, known: store.drives.with_objectives(known.pair),
    "drives.history_of": lambda store, known: store.drives.history_of(known.person),
    "objectives.get": lambda store, known: store.objectives.get(known.objective),
    "objectives.measured": lambda store, known: store.objectives.measured([known.pair]),
    "objectives.current_beside": lambda store, known: store.objectives.current_beside(known.pair, known.objective),
    "objectives.current": lambda store, known: store.objectives.current(known.pair),
    "objectives.with_reached": lambda store, known: store.objectives.with_reached(known.pair, LONG_AGO),
    "objectives.objective_of": lambda store, known: store.objectives.objective_of(known.benchmark),
    "objectives.get_benchmark": _after_the_objective(
        lambda store, known: store.objectives.get_benchmark(known.benchmark)
    ),
    "objectives.benchmarks": _after_the_objective(lambda store, known: store.objectives.benchmarks([known.objective])),
    "gaps.get": lambda store, known: store.gaps.get(known.gap),
    "gaps.open_or_closed": lambda store, known: store.gaps.open_or_closed(known.pair, LONG_AGO),
    "gaps.open_of": lambda store, known: store.gaps.open_of(known.person),
    "opportunities.get": lambda store, known: store.opportunities.get(known.opportunity),
    "opportunities.lock": lambda store, known: store.opportunities.lock(known.opportunity),
    "opportunities.lock_all": lambda store, known: store.opportunities.lock_all([known.opportunity]),
    "opportunities.by_ids": lambda store, known: store.opportunities.by_ids([known.opportunity]),
    "opportunities.open_at": lambda store, _known: store.opportunities.open_at(LONG_AGO),
    "opportunities.open_ids": lambda store, _known: store.opportunities.open_ids(LONG_AGO),
    "opportunities.sign_ups": _after_the_opportunity(
        lambda store, known: store.opportunities.sign_ups([known.opportunity])
    ),
    "opportunities.sign_up_of": _after_the_opportunity(
        lambda store, known: store.opportunities.sign_up_of(known.opportunity, known.person)
    ),
    "opportunities.taken": lambda store, known: store.opportunities.taken([known.opportunity], known.person),
    "digests.get": lambda store, known: store.digests.get(known.digest),
    "digests.on": lambda store, _known: store.digests.on(),
    "digests.lock_on": lambda store, _known: store.digests.lock_on(),
    "nudgeplans.planned_of_opportunities": lambda store, known: store.nudge_plans.planned_of_opportunities(
        [known.opportunity]
    ),
    "nudgeplans.of_opportunities_with_keys": lambda store, _known: store.nudge_plans.of_opportunities_with_keys(
        ["signed_up:x"]
    ),
    "nudgeplans.live_of_opportunities": lambda store, known: store.nudge_plans.live_of_opportunities(
        [known.opportunity], LONG_AGO, unasked=False
    ),
    "gaps.all_of": lambda store, known: store.gaps.all_of(known.pair),
    "teamobjectives.get": lambda store, known: store.team_objectives.get(known.team),
    "teamobjectives.listed_by": lambda store, known: store.team_objectives.listed_by(known.other),
    "teamobjectives.for_reports_of": lambda store, known: store.team_objectives.for_reports_of(known.other),
    "updates.about_objective": lambda store, known: store.updates.about_objective(known.objective),
    "objectives.ever": lambda store, known: store.objectives.ever(known.pair),
    "meetingrequests.get": lambda store, known: store.meeting_requests.get(known.meeting),
    "meetingrequests.of_discussions": lambda store, known: store.meeting_requests.of_discussions([known.discussion]),
    "planningrows.meetings": lambda store, known: store.planning_rows.meetings([known.discussion]),
    "objectives.current_between": lambda store, known: store.objectives.current_between(known.pair, LONG_AGO, FAR),
    "agenda.get": lambda store, known: store.agenda.get(known.item),
    "agenda.of_discussions": lambda store, known: store.agenda.of_discussions([known.discussion]),
    "agenda.now_and_last_time": lambda store, known: store.agenda.now_and_last_time(known.discussion, known.pair),
    "commitments.get": lambda store, known: store.commitments.get(known.commitment),
    "commitments.get_request": lambda store, known: store.commitments.get_request(known.request),
    "commitments.open_or_kept": lambda store, known: store.commitments.open_or_kept([known.pair], LONG_AGO),
    "commitments.open_of": lambda store, known: store.commitments.open_of([known.pair]),
    "commitments.settled_of": lambda store, known: store.commitments.settled_of([known.pair], LONG_AGO, 5),
    "commitments.of_discussion": lambda store, known: store.commitments.of_discussion(known.past),
    "commitments.of_discussions": lambda store, known: store.commitments.of_discussions([known.past]),
    "commitments.requests_of": lambda store, known: store.commitments.requests_of([known.pair], LONG_AGO),
    "thanks.get": lambda store, known: store.thanks.get(known.thanks),
    "thanks.of_discussions": lambda store, known: store.thanks.of_discussions([known.past]),
    "pairs.lock_all": lambda store, known: store.pairs.lock_all([known.pair]),
    "pairs.active_of_managers": lambda store, known: store.pairs.active_of_managers([known.other]),
    "pairs.manager_ids": lambda store, _known: store.pairs.manager_ids(),
    "thanks.of_pairs": lambda store, known: store.thanks.of_pairs([known.pair], [known.past], FAR),
    "planningrows.active_pairs_of": lambda store, known: store.planning_rows.active_pairs_of([known.other]),
    "planningrows.pairs": lambda store, known: store.planning_rows.pairs([known.pair]),
    "planningrows.people": lambda store, known: store.planning_rows.people([known.person]),
    "planningrows.discussions": lambda store, known: store.planning_rows.discussions([known.pair]),
    "planningrows.items": lambda store, known: store.planning_rows.items([known.discussion]),
    "planningrows.preparations": lambda store, known: store.planning_rows.preparations([known.discussion]),
    "planningrows.commitments": lambda store, known: store.planning_rows.commitments([known.pair], LONG_AGO),
    "planningrows.requests": lambda store, known: store.planning_rows.requests([known.pair], LONG_AGO),
    "planningrows.notes": lambda store, known: store.planning_rows.notes([known.pair], [known.past], FAR),
    "planningrows.additions": lambda store, known: store.planning_rows.additions([known.past]),
    "pulses.mine": lambda store, known: store.pulses.mine(known.past, known.person),
    "pulses.since": lambda store, _known: store.pulses.since(LONG_AGO),
    "updates.about": lambda store, known: store.updates.about(known.commitment),
    "updates.of_pairs": lambda store, known: store.updates.of_pairs([known.pair], LONG_AGO),
    "planningrows.sign_ups": lambda store, known: store.planning_rows.sign_ups([known.opportunity]),
    "planningrows.updates": lambda store, known: store.planning_rows.updates([known.pair], LONG_AGO),
    "wrapups.last_held": lambda store, known: store.wrap_ups.last_held(known.pair),
    "wrapups.notes": lambda store, known: store.wrap_ups.notes([known.past]),
    "wrapups.with_thanks": lambda store, known: store.wrap_ups.with_thanks([known.past]),
    "wrapups.additions": lambda store, known: store.wrap_ups.additions([known.past]),
    "nudgeplans.planned_of_pairs": lambda store, known: store.nudge_plans.planned_of_pairs([known.pair], FAR),
    "nudgeplans.planned_of_persons": lambda store, known: store.nudge_plans.planned_of_persons([known.other]),
    "nudgeplans.of_pairs_with_keys": lambda store, known: store.nudge_plans.of_pairs_with_keys(
        [f"wrapped_up:{known.past}"]
    ),
    "nudgeplans.of_persons_with_keys": lambda store, _known: store.nudge_plans.of_persons_with_keys(["annual_floor:x"]),
    "nudgeplans.of_pair": _of_pair,
    "nudgeplans.live_of_pairs": lambda store, known: store.nudge_plans.live_of_pairs(
        [known.pair], LONG_AGO, unasked=False
    ),
    "nudgeplans.live_of_persons": lambda store, known: store.nudge_plans.live_of_persons(
        [known.other], LONG_AGO, unasked=False
    ),
    "nudges.of_pair": lambda store, known: store.nudges.of_pair(known.pair),
    "nudges.lock_live": lambda store, known: store.nudges.lock_live(known.other, "annual_floor:y"),
    "nudges.live": lambda store, known: store.nudges.live(known.other, "annual_floor:y"),
    "nudges.put_off_in": lambda store, known: store.nudges.put_off_in([known.message]),
    "nudges.of_person": lambda store, known: store.nudges.of_person(known.person),
    "nudges.waiting_recipients": lambda store, known: store.nudges.waiting_recipients([known.opportunity]),
    "nudges.recipients": lambda store, _known: store.nudges.recipients(
        FAR, seen_outside=(FAR, FAR), besides=[], limit=5
    ),
    "nudges.lock_due": lambda store, _known: store.nudges.lock_due(FAR, 5, 0),
    "nudges.keys_of_messages": lambda store, known: store.nudges.keys_of_messages([known.message]),
    "nudges.live_owners": lambda store, known: store.nudges.live_owners([known.message]),
    "nudges.settle_matters_before": lambda store, _known: store.nudges.settle_matters_before(FAR),
    "deliveries.counts": lambda store, _known: store.deliveries.counts(LONG_AGO),
    "deliveries.overdue": lambda store, _known: store.deliveries.overdue(FAR),
    "deliveries.unconfirmed": lambda store, _known: store.deliveries.unconfirmed(FAR),
    "deliveries.failures": lambda store, _known: store.deliveries.failures(LONG_AGO, 5),
    "deliveries.waiting": lambda store, _known: store.deliveries.waiting(FAR),
    "deliveries.delays": lambda store, _known: store.deliveries.delays(LONG_AGO, timedelta()),
    "pacing.next_slot": lambda store, _known: store.pacing.next_slot(),
    "pacing.lock_next_slot": lambda store, _known: store.pacing.lock_next_slot(),
    "messages.sent_since": lambda store, known: store.messages.sent_since([known.person], LONG_AGO),
    "messages.lock_unconfirmed": lambda store, _known: store.messages.lock_unconfirmed(FAR, 5),
    "messages.lock_for_editing": lambda store, _known: store.messages.lock_for_editing(FAR, FAR, 5),
    "drafts.delete_saved_before": lambda store, _known: store.drafts.delete_saved_before(FAR),
    "processedrequests.delete_before": lambda store, _known: store.requests.delete_before(FAR),
}
# Tested below, each in its own way.
WRITERS = {
    "updates.move", "updates.move_to_objective", "updates.settle_about_objective", "objectives.replace",
    "drives.move",
    "drafts.save", "drafts.clear", "drafts.move", "drafts.reopen", "processedrequests.is_first",
    "nudgeplans.insert", "nudgeplans.change", "nudgeplans.reword", "nudges.settle_matters",
    "messages.ask_for_edits", "messages.settle_edits", "messages.edit_again",
    "nudges.apply", "nudges.undo_wrong_clock", "people.set_channels", "people.set_seen", "people.add_unless_known",
    "people.set_workspace_days", "people.copy_workspace_days", "people.lock_everyone",
    "messages.add", "messages.settle_sent",
    "messages.settle_failed", "messages.release", "messages.split", "messages.look_again", "messages.undo_wrong_clock",
    "pacing.set_next_slot", "digests.add",
    "jobruns.claim", "jobruns.show_alive", "jobruns.finish",
}  # fmt: skip


async def answer(store: Store, ask: Ask, known: Known) -> Any:
    """What a repository says; nothing where it says that nothing is there."""
    try:
        return await ask(store, known)
    except NotFound:
        return None
