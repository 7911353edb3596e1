"""Every form. A new one is added to the `FORMS` of its moment; a new moment is added here."""

from collections.abc import Mapping
from types import MappingProxyType

from handlers import (
    achievements,
    agenda,
    brief,
    calendar_file,
    commitments,
    digest,
    export,
    forecast,
    guide,
    meeting,
    opportunities,
    preparing,
    profile,
    pulses,
    record,
    reminders,
    roadmap,
    schedule,
    settings,
    start,
    team_objectives,
    thanks,
    updates,
    workspace_days,
    wrap_up,
)
from handlers.shared.forms import AnyForm, Word

MOMENTS = (
    start, preparing, schedule, meeting, agenda, brief, guide, wrap_up, thanks, commitments, updates, pulses,
    achievements, roadmap, profile, team_objectives, opportunities, digest, calendar_file, record, export, settings,
    workspace_days, forecast, reminders,
)  # fmt: skip

FORMS: Mapping[str, AnyForm] = MappingProxyType({form.id: form for moment in MOMENTS for form in moment.FORMS})

BY_WORD: Mapping[str, AnyForm] = MappingProxyType({form.word.name: form for form in FORMS.values() if form.word})

WORDS = (*(form.word for form in FORMS.values() if form.word), Word("help", "Show this list"))
