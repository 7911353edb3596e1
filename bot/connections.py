"""The connections of the HTTP server: how many there may be, and how long a request may take to arrive.

aiohttp accepts every connection, and gives a request an hour to arrive. A stranger could keep them all open
until the process has no file descriptor left. So connections are accepted here, and each is wrapped in a protocol that
knows whether a request is still arriving or being answered.
"""

import asyncio
import errno
import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import structlog

from bot.log_limit import LogLimit

log = structlog.get_logger(__name__)

MOST_CONNECTIONS: Final = 512
"""Slack sends a few hundred requests per second at most, each answered within a fraction of a second."""

KEPT_DESCRIPTORS: Final = 128
"""File descriptors left for the database, calls to Slack and files."""

FEWEST_CONNECTIONS: Final = 16
"""Accepted even where the process may open hardly any files."""

REQUEST_SECONDS: Final = 10.0
"""How long a request may take to arrive, header and body. Slack itself gives up on the answer after 3 s."""

IDLE_SECONDS: Final = 150.0
"""How long an answered connection stays open for another request. Longer than reverse proxies keep theirs (Caddy: 2
minutes), so that a proxy does not send a request into a connection that is just being closed."""

STALE_SECONDS: Final = 0.2
"""How long a connection may wait for its request before it gives way to a new one, when there are too many. A request
usually follows its connection at once, and a burst of connections must not close those whose requests are underway."""

PAUSE_SECONDS: Final = 0.1
"""How long accepting pauses while there is no file descriptor left."""

NO_DESCRIPTORS: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def _allowed_connections() -> int:
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(min(MOST_CONNECTIONS, descriptors - KEPT_DESCRIPTORS), FEWEST_CONNECTIONS)


@dataclass(frozen=True)
class Limits:
    """What a server allows its clients."""

    connections: int = field(default_factory=_allowed_connections)
    request_seconds: float = REQUEST_SECONDS
    idle_seconds: float = IDLE_SECONDS


class Connections:
    """All open connections of a server. `make_protocol` makes the protocol that speaks HTTP on one of them."""

    def __init__(self, limits: Limits, make_protocol: Callable[[], asyncio.Protocol]) -> None:
        self.limits = limits
        self._make_protocol = make_protocol
        self._log_limit = LogLimit()
        # Those without a whole request, each with the loop's time since when it waits; the longest wait comes first.
        self._waiting: dict[Connection, float] = {}
        self._answering: set[Connection] = set()
        self._changed = asyncio.Event()

    async def accept(self, listening: socket.socket) -> None:
        """Accept connections from a listening, non-blocking socket until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listening)
            except OSError as error:
                await self._pause(error)
                continue
            try:
                await self._make_room()
                await loop.connect_accepted_socket(self._new_connection, accepted)
            except asyncio.CancelledError:
                accepted.close()
                raise
            except Exception as error:  # noqa: BLE001 - no connection may end the accepting of others
                accepted.close()
                self._report("connections.failed", error=type(error).__name__)

    def _new_connection(self) -> "Connection":
        return Connection(self, self._make_protocol())

    async def _make_room(self) -> None:
        """Return when there is room for one more: close what has waited too long, else wait for an answer to end."""
        while len(self._waiting) + len(self._answering) >= self.limits.connections:
            if self._drop_stale(1):
                self._report("connections.full")
                continue
            self._changed.clear()
            try:
                async with asyncio.timeout(STALE_SECONDS if self._waiting else None):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _pause(self, error: OSError) -> None:
        """Make room where descriptors have run out. Other errors mean that the client has already gone."""
        if error.errno in NO_DESCRIPTORS:
            self._report("connections.no_descriptors")
            self._drop_stale(1 + len(self._waiting) // 4)
        await asyncio.sleep(PAUSE_SECONDS)

    def _drop_stale(self, most: int) -> int:
        """Close up to `most` of the waiting connections, the longest wait first. Returns how many were closed."""
        stale_since = asyncio.get_running_loop().time() - STALE_SECONDS
        stale = [connection for connection, since in islice(self._waiting.items(), most) if since <= stale_since]
        for connection in stale:
            connection.drop()
        return len(stale)

    def _report(self, event: str, **details: str) -> None:
        skipped = self._log_limit.skipped_before(event)
        if skipped is not None:
            log.warning(event, waiting=len(self._waiting), answering=len(self._answering), skipped=skipped, **details)

    def waits(self, connection: "Connection") -> None:
        """A connection is new, or its request has been answered."""
        self._answering.discard(connection)
        self._waiting[connection] = asyncio.get_running_loop().time()
        self._changed.set()

    def answers(self, connection: "Connection") -> None:
        """A whole request has arrived on a connection."""
        self._waiting.pop(connection, None)
        self._answering.add(connection)

    def closed(self, connection: "Connection") -> None:
        """A connection is closed, or about to be."""
        self._waiting.pop(connection, None)
        self._answering.discard(connection)
        self._changed.set()


class Connection(asyncio.Protocol):
    """One connection: passes everything on to the protocol that speaks HTTP, and watches the time."""

    def __init__(self, connections: Connections, http: asyncio.Protocol) -> None:
        self._connections = connections
        self._http = http
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_answering = False

    # --- what the server says about its requests -------------------------------------------------------------------

    def request_arrived(self) -> None:
        """The whole request is here: from now on the time is the server's."""
        self._is_answering = True
        self._cancel_deadline()
        if self._transport is not None:
            self._connections.answers(self)

    def request_answered(self) -> None:
        """The connection is free for the next request."""
        self._is_answering = False
        if self._transport is not None:
            self._connections.waits(self)

    def drop(self) -> None:
        """Close at once, without waiting for anything."""
        self._connections.closed(self)
        if self._transport is not None:
            self._transport.abort()

    # --- asyncio.Protocol ------------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """Start the time for the first request."""
        self._transport = transport
        self._connections.waits(self)
        self._start_deadline()
        self._http.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Start the time for a further request with its first bytes."""
        if self._deadline is None and not self._is_answering:
            self._start_deadline()
        self._http.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self._http.eof_received()

    def pause_writing(self) -> None:
        """Pass it on."""
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._http.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass it on. The connection no longer counts."""
        self._transport = None
        self._cancel_deadline()
        self._connections.closed(self)
        self._http.connection_lost(exc)

    def _start_deadline(self) -> None:
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._connections.limits.request_seconds, self.drop)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
