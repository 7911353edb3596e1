"""The nightly replan: bringing all nudges in line, whatever their use cases did or did not do."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cycle.replanning import replan
from scheduler.clocks import Clocks
from scheduler.nightly import Run
from storage.database import Database

log = structlog.get_logger(__name__)


class Replanning:
    """The nightly round through all pairs: people move to other time zones, and rules change with releases."""

    def __init__(self, database: Database, clocks: Clocks) -> None:
        self._database = database
        self._clocks = clocks

    async def replan(self, run: Run) -> None:
        """Replan the pairs of a workspace. A pair that fails is logged and left as it is."""
        async with self._database.reading(run.workspace_id) as store:
            pair_ids = await store.pairs.current_ids()
        for pair_id in pair_ids:
            if not await run.goes_on():
                return
            await self._replan(run.workspace_id, pair_id)
        log.info("replan.done", workspace=run.workspace_id, pairs=len(pair_ids))

    async def _replan(self, workspace_id: int, pair_id: int) -> None:
        try:
            async with self._database.unit(workspace_id) as store:
                await replan(store, await store.pairs.lock(pair_id), self._clocks.now())
        except SQLAlchemyError:
            raise  # the database is away: no other pair would fare better
        except Exception:
            log.exception("replan.pair_failed", pair=pair_id)
