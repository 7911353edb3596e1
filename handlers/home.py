"""The App Home: published when somebody opens it."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.homes import home_of
from handlers.visit import Visit


def register(app: AsyncApp) -> None:
    """Connect the listener."""
    app.event("app_home_opened")(opened)


async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Somebody opened one of the app's tabs; only the Home is ours to fill."""
    if event.get("tab", "home") != "home":
        return
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        shown = await home_of(store, me, visit.now)
    await visit.office.publish_home(visit.slack_id, shown)
