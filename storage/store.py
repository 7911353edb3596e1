"""The store: everything that is saved of one workspace."""

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.achievements import Achievements
from storage.agenda import Agenda
from storage.base import Gate, NotFound, WorkspaceScoped
from storage.commitments import Commitments
from storage.deliveries import Deliveries
from storage.discussions import Discussions
from storage.drafts import Drafts
from storage.drives import Drives
from storage.gaps import Gaps
from storage.job_runs import JobRuns
from storage.meeting_requests import MeetingRequests
from storage.messages import Messages
from storage.nudge_plans import NudgePlans
from storage.nudges import Nudges
from storage.objectives import Objectives
from storage.opportunities import Digests, Opportunities
from storage.pacing import Pacing
from storage.pairs import Pairs
from storage.people import People
from storage.planning_rows import PlanningRows
from storage.preparations import Preparations
from storage.pulses import Pulses
from storage.requests import ProcessedRequests
from storage.team_objectives import TeamObjectives
from storage.tenancy import WORKSPACE_ID, ForeignRow
from storage.thanks import Thanks
from storage.updates import Updates
from storage.wrap_ups import WrapUps

__all__ = ["ForeignRow", "NotFound", "Store"]


class Store:
    """One unit of work on one workspace.

    No query made through it can see or touch another workspace: the session itself adds the condition to every
    statement and stamps (or refuses) every new row.
    """

    def __init__(self, session: AsyncSession, workspace_id: int, gate: Gate | None = None) -> None:
        """Without a gate every row of the workspace can be read: for the scheduler, which writes to everyone."""
        self.workspace_id = workspace_id
        self._session = session
        session.info[WORKSPACE_ID] = workspace_id
        self.people = People(session, workspace_id, gate)
        self.pairs = Pairs(session, workspace_id, gate)
        self.discussions = Discussions(session, workspace_id, gate)
        self.preparations = Preparations(session, workspace_id, gate)
        self.objectives = Objectives(session, workspace_id, gate)
        self.gaps = Gaps(session, workspace_id, gate)
        self.team_objectives = TeamObjectives(session, workspace_id, gate)
        self.opportunities = Opportunities(session, workspace_id, gate)
        self.digests = Digests(session, workspace_id, gate)
        self.drives = Drives(session, workspace_id, gate)
        self.achievements = Achievements(session, workspace_id, gate)
        self.meeting_requests = MeetingRequests(session, workspace_id, gate)
        self.agenda = Agenda(session, workspace_id, gate)
        self.commitments = Commitments(session, workspace_id, gate)
        self.thanks = Thanks(session, workspace_id, gate)
        self.pulses = Pulses(session, workspace_id, gate)
        self.updates = Updates(session, workspace_id, gate)
        self.wrap_ups = WrapUps(session, workspace_id, gate)
        self.nudges = Nudges(session, workspace_id, gate)
        self.nudge_plans = NudgePlans(session, workspace_id, gate)
        self.planning_rows = PlanningRows(session, workspace_id, gate)
        self.drafts = Drafts(session, workspace_id, gate)
        self.requests = ProcessedRequests(session, workspace_id, gate)
        self.job_runs = JobRuns(session, workspace_id, gate)
        self.deliveries = Deliveries(session, workspace_id, gate)
        self.messages = Messages(session, workspace_id, gate)
        self.pacing = Pacing(session, workspace_id, gate)

    def add(self, *rows: WorkspaceScoped) -> None:
        """Save new rows; they get their keys at the next flush."""
        self._session.add_all(rows)

    async def flush(self) -> None:
        """Write what is pending, so that new rows have keys and constraints are checked."""
        await self._session.flush()

    async def delete(self, row: WorkspaceScoped) -> None:
        """Delete a row."""
        await self._session.delete(row)
