"""The page's requests: JSON under /sandbox/, live events as server-sent events, and the page's own files."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.admin_actions import AdminActions, changes_from
from sandbox.bot_client import BotClient
from sandbox.channels import Channel
from sandbox.clock import ClockMover
from sandbox.errors import PageError, SlackError
from sandbox.faults import fault_from, known
from sandbox.filling import Filling
from sandbox.json_input import parse_json
from sandbox.message_calendar import calendar_of
from sandbox.page_actions import PageActions
from sandbox.page_events import EventQueue
from sandbox.page_state import state_of
from sandbox.people import Person
from sandbox.playing import Playing
from sandbox.view_state import Values
from sandbox.workspace import Workspace

PAGE = Path(__file__).parent / "page"
KEEP_ALIVE_SECONDS = 15.0
"""Seconds until a comment is sent on a silent stream, so that a page which has gone is noticed."""

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}

FARTHEST = timedelta(days=731)
"""The farthest date to which the clock moves at once: a slip in the year would make everything overdue for good."""

Body = dict[str, Any]


class PageApi:
    """One handler for each of the page's requests."""

    def __init__(
        self,
        workspace: Workspace,
        bot_client: BotClient,
        mover: ClockMover,
        admin_actions: AdminActions,
        filling: Filling,
        playing: Playing,
    ) -> None:
        self._workspace = workspace
        self._bot_client = bot_client
        self._mover = mover
        self._actions = PageActions(workspace, bot_client)
        self._admin_actions = admin_actions
        self._filling = filling
        self._playing = playing

    def routes(self) -> list[web.AbstractRouteDef]:
        """The routes of the page: its files, its state, its event stream, and one POST for each action."""
        posts: dict[str, Callable[[Body], Awaitable[Body]]] = {
            "command": self._command,
            "message": self._message,
            "action": self._action,
            "submit": self._submit,
            "close": self._close,
            "home_opened": self._home_opened,
            "shortcut": self._shortcut,
            "person": self._change_person,
            "channel": self._change_channel,
            "clock": self._clock,
        }
        at_any_time: dict[str, Callable[[Body], Awaitable[Body]]] = {
            "read": self._read,
            "faults": self._faults,
            "fill": self._fill,
            "year": self._year,
        }
        return [
            web.get("/", self._index),
            web.static("/static", PAGE),
            web.get("/sandbox/state", self._state),
            web.get("/sandbox/stream", self._stream),
            web.get("/sandbox/traffic", self._traffic),
            web.get("/sandbox/faults", self._show_faults),
            web.get("/sandbox/calendar", self._calendar),
            *(web.post(f"/sandbox/{name}", _json_handler(self._when_idle(do))) for name, do in posts.items()),
            *(web.post(f"/sandbox/{name}", _json_handler(do)) for name, do in at_any_time.items()),
        ]

    def _when_idle(self, handler: Callable[[Body], Awaitable[Body]]) -> Callable[[Body], Awaitable[Body]]:
        """Refuse what would get in the way of a script that is filling the workspace, or of a year that is played."""

        async def handle(body: Body) -> Body:
            self._check_idle()
            return await handler(body)

        return handle

    def _check_idle(self) -> None:
        self._filling.check_idle()
        self._playing.check_idle()

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    async def _state(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request.query.get("as", ""))
        return web.json_response(await self._state_of(person))

    async def _state_of(self, person: Person) -> Body:
        state = await state_of(self._workspace, self._bot_client, self._mover, person)
        return state | {
            "can_be_filled": self._playing.until is None and await self._filling.is_possible(),
            "filling": self._filling.progress,
            "playing_until": None if self._playing.until is None else self._playing.until.isoformat(),
        }

    async def _calendar(self, request: web.Request) -> web.StreamResponse:
        """What the bot wrote to a person, by date: `months` months, the first of which is `from`."""
        query = request.query
        person = self._person(query.get("as", ""))
        begins, months = query.get("from", ""), query.get("months", "")
        return web.json_response(calendar_of(self._workspace, person, begins, months))

    async def _traffic(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(self._workspace.traffic.last())

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request.query.get("as", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with self._workspace.events.subscribe(person.id) as events, suppress(ConnectionError):
            await response.write(b": listening\n\n")
            while (line := await _next_line(events)) is not None:
                await response.write(line)
        return response

    async def _command(self, body: Body) -> Body:
        return await self._actions.command(self._actor(body), _text(body, "text"))

    async def _message(self, body: Body) -> Body:
        return await self._actions.message(self._actor(body), _text(body, "text"))

    async def _action(self, body: Body) -> Body:
        person, container = self._actor(body), body.get("container")
        if not isinstance(container, dict):
            raise PageError("The container is missing.")
        if container.get("type") == "message":
            ts, channel = _text(container, "ts"), container.get("channel")
            return await self._actions.message_action(person, ts, body, _values(body), channel)
        return await self._actions.view_action(person, _text(container, "view_id"), body, _values(body))

    async def _submit(self, body: Body) -> Body:
        return await self._actions.submit(self._actor(body), _text(body, "view_id"), _values(body))

    async def _close(self, body: Body) -> Body:
        return await self._actions.close(self._actor(body), _text(body, "view_id"), clear=bool(body.get("clear")))

    async def _home_opened(self, body: Body) -> Body:
        return await self._actions.home_opened(self._actor(body))

    async def _shortcut(self, body: Body) -> Body:
        person, callback_id = self._actor(body), _text(body, "callback_id")
        return await self._actions.shortcut(person, callback_id, body.get("ts"), body.get("channel"))

    async def _read(self, body: Body) -> Body:
        """Mark what a person has in front of them as read: their direct messages, or the public channel `channel`."""
        person = self._actor(body)
        channel = self._channel(body).id if "channel" in body else person.dm
        self._workspace.messages.mark_read(channel, person.id)
        self._workspace.events.publish("unread", of=person.id)
        return {"ok": True}

    async def _change_person(self, body: Body) -> Body:
        person = self._person(_text(body, "user"))
        return await self._admin_actions.change_person(person, changes_from(body))

    async def _change_channel(self, body: Body) -> Body:
        """Invite the app to a public channel, or remove it (`has_app`)."""
        self._actor(body)
        channel, has_app = self._channel(body), body.get("has_app")
        if not isinstance(has_app, bool):
            raise PageError("`has_app` must be true or false.")
        self._workspace.set_app_in(channel, is_member=has_app)
        return {"ok": True}

    async def _clock(self, body: Body) -> Body:
        """Move the clock; where the bot fails on the way, the clock stays at the moment it has reached."""
        by = body.get("by")
        if by not in {"next", "date", *SPANS}:
            raise PageError("`by` must be hour, day, week, next or date.")
        span = self._span_to(body.get("to")) if by == "date" else SPANS.get(by)
        moved = True
        try:
            if span is None:
                moved = await self._mover.move_to_next()
            else:
                await self._mover.move_by(span)
        finally:
            now = self._workspace.clock.now().isoformat()
            self._workspace.events.publish("clock", now=now)
        if not moved:
            raise PageError("Nothing is planned, so the clock has not moved.", status=409)
        return {"ok": True, "now": now}

    async def _year(self, body: Body) -> Body:
        """Play a year, or stop the one that is played (`stop`); the pages show how far it has come."""
        if body.get("stop"):
            self._playing.stop()
            return {"ok": True}
        self._filling.check_idle()
        try:
            played = await self._playing.play()
        finally:
            now = self._workspace.clock.now().isoformat()
            self._workspace.events.publish("clock", now=now)
        return {"ok": True, "now": now, "is_over": played.is_over, "sent": played.sent}

    async def _fill(self, _body: Body) -> Body:
        """Fill the workspace; the pages show how far it has come, and at the end the clock that has moved."""
        self._playing.check_idle()
        try:
            filled = await self._filling.fill()
            return {"ok": True, "as": self._workspace.people.by_name(filled.name).id, "text": filled.text}
        finally:
            self._workspace.events.publish("clock", now=self._workspace.clock.now().isoformat())

    def _span_to(self, seconds: Any) -> timedelta:
        """How far it is to a moment in seconds since 1970. Raises `PageError` where the clock cannot go there."""
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise PageError("`to` must be seconds since 1970.")
        ahead = seconds - self._workspace.timestamp()
        if ahead <= 0:
            raise PageError(
                "That moment is already in the past here, and the clock only moves forward. Choose a later one."
            )
        if ahead > FARTHEST.total_seconds():
            raise PageError("That is more than two years ahead. Choose a nearer date.")
        return timedelta(seconds=ahead)

    async def _show_faults(self, _request: web.Request) -> web.StreamResponse:
        """What can go wrong, what is set to, and what has."""
        faults, incidents = self._workspace.faults, self._workspace.incidents
        return web.json_response(known() | {"faults": faults.pending(), "happened": incidents.last()})

    async def _faults(self, body: Body) -> Body:
        """Switch a fault on; or one off by its id (`off`), or all (`clear`)."""
        if body.get("clear"):
            self._workspace.faults.clear()
        elif "off" in body:
            self._workspace.faults.remove(body["off"])
        else:
            self._workspace.faults.add(fault_from(body))
        self._workspace.events.publish("faults")
        return {"ok": True, "faults": self._workspace.faults.pending()}

    def _person(self, user_id: str) -> Person:
        try:
            return self._workspace.people.get(user_id) if user_id else self._first_person()
        except SlackError:
            raise PageError("No one here has this id.", status=404) from None

    def _channel(self, body: Body) -> Channel:
        try:
            return self._workspace.channels.get(_text(body, "channel"))
        except SlackError:
            raise PageError("No channel here has this id.", status=404) from None

    def _first_person(self) -> Person:
        return next(one for one in self._workspace.people.all() if not one.is_bot and not one.deleted)

    def _actor(self, body: Body) -> Person:
        person = self._person(_text(body, "as"))
        if person.deleted or person.is_bot:
            raise PageError("Bots and deactivated people can't act here.", status=403)
        return person


def _json_handler(handler: Callable[[Body], Awaitable[Body]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Accept only JSON objects for a handler: a form on another site cannot send JSON."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise PageError("Send JSON with the content type application/json.", status=415)
        try:
            body = parse_json(await request.read())
        except ValueError:
            raise PageError("The request is not valid JSON.") from None
        if not isinstance(body, dict):
            raise PageError("Send a JSON object.")
        return web.json_response(await handler(body))

    return handle


async def _next_line(events: EventQueue) -> bytes | None:
    """The next event as lines of the stream, or a comment where none comes for a while; None at the end."""
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            event = await events.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else f"data: {json.dumps(event)}\n\n".encode()


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise PageError(f"`{name}` is missing.")
    return value


def _values(body: Body) -> Values:
    values = body.get("values") or {}
    fits = isinstance(values, dict) and all(
        isinstance(block, dict) and all(isinstance(entry, dict) for entry in block.values())
        for block in values.values()
    )
    if not fits:
        raise PageError("`values` must be {block_id: {action_id: {…}}}.")
    return dict(values)
