"""Every table, imported in one place, so that the metadata is whole for migrations."""

from sqlmodel import SQLModel

from storage import (
    achievements,
    agenda,
    commitments,
    discussions,
    drafts,
    drives,
    gaps,
    job_runs,
    meeting_requests,
    messages,
    nudges,
    objectives,
    opportunities,
    pairs,
    people,
    preparations,
    pulses,
    requests,
    team_objectives,
    thanks,
    updates,
    wrap_ups,
)

__all__ = [
    "achievements",
    "agenda",
    "commitments",
    "discussions",
    "drafts",
    "drives",
    "gaps",
    "job_runs",
    "meeting_requests",
    "messages",
    "nudges",
    "objectives",
    "opportunities",
    "pairs",
    "people",
    "preparations",
    "pulses",
    "requests",
    "team_objectives",
    "thanks",
    "updates",
    "wrap_ups",
]

metadata = SQLModel.metadata
