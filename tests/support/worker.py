"""A process of its own that delivers what is due, and notes what it said in a file that all may append to."""

import asyncio
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from scheduler.delivering import Deliverer
from scheduler.messenger import Parcel, Posted
from storage.database import Database
from storage.engine import make_engine
from storage.key_file import KeyFile
from storage.people import Person
from tests.support.databases import cipher

SMALL_BATCH = 20  # people, so that the processes keep meeting
START_SECONDS = 30


class NotingMessenger:
    """Stands in for Slack: a line for each nudge that was said."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes.open("a", buffering=1)

    async def post(self, parcel: Parcel) -> Posted:
        """Note it; a line is written whole."""
        await asyncio.sleep(0)
        for note in parcel.notes:
            self._notes.write(f"{parcel.recipient.id} {note.planned.key}\n")
        return Posted(f"D{parcel.recipient.id}", "1.000100")

    async def find(self, recipient: Person, message_id: str, since: datetime) -> Posted | None:
        """Nothing is ever in doubt here."""
        raise NotImplementedError


def deliver_all(url: str, workspace_id: int, now: datetime, notes: Path, together: Barrier) -> None:
    """Deliver until nothing is due, beginning together with the others."""
    asyncio.run(_deliver_all(url, workspace_id, now, notes, together))


async def _deliver_all(url: str, workspace_id: int, now: datetime, notes: Path, together: Barrier) -> None:
    database = Database(make_engine(url, cipher()))
    deliverer = Deliverer(database, workspace_id, NotingMessenger(notes), people=SMALL_BATCH)
    together.wait(START_SECONDS)
    while (await deliverer.deliver(now)).taken:
        pass
    await database.close()


def open_database(url: str, together: Barrier) -> None:
    """Open a database, migrating it where needed, together with the others."""
    together.wait(START_SECONDS)
    asyncio.run(_open(url))


async def _open(url: str) -> None:
    await (await Database.open(url, cipher())).close()


def open_with_key_file(folder: str, together: Barrier) -> None:
    """Open the SQLite database of a data folder with its key file, making both where needed, with the others."""
    together.wait(START_SECONDS)
    asyncio.run(_open_with_key_file(Path(folder)))


async def _open_with_key_file(folder: Path) -> None:
    await (await Database.open(f"sqlite:///{folder / 'career.db'}", KeyFile(folder).cipher)).close()
