"""Housekeeping: deleting what no one needs any more, and closing what no one answered."""

from datetime import timedelta
from typing import Final

import structlog

from cycle.pairing import expire_requests
from cycle.sent_nudges import edited_since
from scheduler.clocks import Clocks
from scheduler.nightly import Run
from storage.database import Database

log = structlog.get_logger(__name__)

DRAFTS_KEPT: Final = timedelta(days=90)
"""A draft that its author has not returned to for three months is deleted."""

REQUESTS_KEPT: Final = timedelta(days=2)
"""Slack sends an event again for minutes, and a person may submit a modal again for as long as it is open: a day."""


class Housekeeping:
    """The nightly round through what is old."""

    def __init__(self, database: Database, clocks: Clocks) -> None:
        self._database = database
        self._clocks = clocks

    async def tidy_up(self, run: Run) -> None:
        """Delete old drafts and the ids of old requests from Slack, and close what is too old to answer or edit."""
        now = self._clocks.now()
        async with self._database.unit(run.workspace_id) as store:
            drafts = await store.drafts.delete_saved_before(now - DRAFTS_KEPT)
            requests = await store.requests.delete_before(now - REQUESTS_KEPT)
            await store.nudges.settle_matters_before(edited_since(now))
        async with self._database.unit(run.workspace_id) as store:
            await store.people.copy_workspace_days()
        async with self._database.unit(run.workspace_id) as store:
            expired = await expire_requests(store, now)
        log.info(
            "housekeeping.done", workspace=run.workspace_id, drafts=drafts, requests=requests, expired_pairs=expired
        )
