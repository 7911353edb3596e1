"""Socket Mode: the bot connects to the sandbox and gets everything in envelopes, which it acknowledges."""

import asyncio
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.json_input import parse_json
from sandbox.workspace import Workspace

PING_SECONDS = 20.0
"""Seconds between pings; a connection that does not answer one is closed."""

CONNECTIONS = 10
"""The most connections that one app may have open, as documented."""


class ConnectionLost(Exception):
    """The bot closed the connection before it acknowledged an envelope."""


class SocketMode:
    """The bot's open connections, which take turns: each envelope goes to one of them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._connections: list[web.WebSocketResponse] = []
        self._pending: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}

    @property
    def connected(self) -> bool:
        """Whether the bot has a connection open."""
        return bool(self._connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes; its ticket (from apps.connections.open) can be used once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._workspace.socket_tickets or len(self._connections) >= CONNECTIONS:
            return web.Response(status=403, text="no such ticket")
        self._workspace.socket_tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        self._connections.append(socket)
        self._workspace.events.publish("bot", connected=True)
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._connections.remove(socket)
            self._fail_pending(socket)
            self._workspace.events.publish("bot", connected=self.connected)
        return socket

    async def send(self, kind: str, payload: dict[str, Any], retry: dict[str, Any] | None = None) -> Any:
        """Send one envelope and return the payload of its acknowledgement; the caller sets the timeout.

        Raises `ConnectionLost`.
        """
        socket = self._connections.pop(0)
        self._connections.append(socket)
        envelope_id = secrets.token_hex(16)
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[envelope_id] = (socket, answered)
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        try:
            await socket.send_json(envelope | (retry or {}))
            return await answered
        except ConnectionError as error:
            raise ConnectionLost from error
        finally:
            del self._pending[envelope_id]

    async def close(self) -> None:
        """Send every connection Slack's disconnect message, then close it."""
        disconnect = {"type": "disconnect", "reason": "link_disabled", "debug_info": {"host": "sandbox"}}
        for socket in list(self._connections):
            if not socket.closed:
                await socket.send_json(disconnect)
                await socket.close()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._workspace.app_id},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
        }

    def _acknowledged(self, data: str) -> None:
        try:
            envelope = parse_json(data)
        except ValueError:
            return
        waiting = self._pending.get(str(envelope.get("envelope_id"))) if isinstance(envelope, dict) else None
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(envelope.get("payload"))

    def _fail_pending(self, socket: web.WebSocketResponse) -> None:
        for owner, answered in self._pending.values():
            if owner is socket and not answered.done():
                answered.set_exception(ConnectionLost())
