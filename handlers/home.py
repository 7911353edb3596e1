"""The App Home: published when somebody opens it."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.shared.homes import home_of
from handlers.shared.interaction import Interaction


def register(app: AsyncApp) -> None:
    """Connect the listener."""
    app.event("app_home_opened")(opened)


async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Somebody opened one of the app's tabs; only the Home is ours to fill."""
    if event.get("tab", "home") != "home":
        return
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        shown = await home_of(store, me, interaction.now)
    await interaction.services.publish_home(interaction.slack_id, shown)
