import asyncio
import json
import signal
import stat
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox, SandboxSettings, StateFileError

VIEW = {"type": "home", "blocks": [{"type": "divider"}]}

CHILD = """
import asyncio, json, sys
from pathlib import Path
from sandbox import Sandbox, SandboxSettings

async def main():
    sandbox = Sandbox(settings=SandboxSettings(port=0, state_file=Path(sys.argv[1])))
    await sandbox.start()
    print(json.dumps([sandbox.api_url, sandbox.bot_token, sandbox.people.by_name("Ana Ruiz").id]), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def kept(settings: SandboxSettings, tmp_path: Path) -> SandboxSettings:
    """Settings with a state file."""
    return replace(settings, state_file=tmp_path / "data" / "workspace.sqlite3")


async def test_a_restart_keeps_everything(kept: SandboxSettings):
    """People, tokens, clock, messages with metadata, Home: all as before, and stamps go on where they stopped."""
    first = Sandbox(settings=kept)
    await first.start()
    ana = first.people.by_name("Ana Ruiz")
    client = AsyncWebClient(token=first.bot_token, base_url=first.api_url)
    metadata = {"event_type": "nudge", "event_payload": {"id": "n1"}}
    await client.chat_postMessage(channel=ana.id, text="kept", metadata=metadata)
    chiyo = first.people.by_name("Chiyo Tanaka")
    first._workspace.messages.open(chiyo.dm)
    home = (await client.views_publish(user_id=ana.id, view=VIEW))["view"]
    first.clock.set(first.clock.now() + timedelta(days=40))
    later = (await client.chat_postMessage(channel=ana.id, text="later"))["ts"]
    moment = first.clock.now()
    await first.stop()

    second = Sandbox(settings=replace(kept, people=()))
    await second.start()
    try:
        assert [person.name for person in second.people.all()] == [person.name for person in first.people.all()]
        assert second.bot_token == first.bot_token
        assert second.clock.now() >= moment
        client = AsyncWebClient(token=second.bot_token, base_url=second.api_url)
        history = await client.conversations_history(channel=ana.dm, include_all_metadata=True)
        assert [message["text"] for message in history["messages"]] == ["later", "kept"]
        assert history["messages"][1]["metadata"] == metadata
        assert second._workspace.messages.open_channels() == sorted([ana.dm, chiyo.dm])
        assert (await client.chat_postMessage(channel=ana.id, text="new"))["ts"] > later
        again = await client.views_publish(user_id=ana.id, view=VIEW, hash=home["hash"])
        assert again["view"]["id"] == home["id"]
    finally:
        await second.stop()


async def test_an_open_modal_survives_with_what_was_typed(kept: SandboxSettings):
    """What the person had entered at the last press of a button is still there."""
    first = Sandbox(settings=kept)
    ana = first.people.by_name("Ana Ruiz").id
    text = {"type": "plain_text", "text": "T"}
    element = {"type": "plain_text_input", "action_id": "a"}
    block = {"type": "input", "block_id": "b", "label": text, "element": element}
    view = first._workspace.views.open(ana, {"type": "modal", "title": text, "submit": text, "blocks": [block]})
    first._workspace.views.enter(view, {"b": {"a": {"type": "plain_text_input", "value": "typed"}}})
    await first.stop()
    second = Sandbox(settings=kept)
    assert second._workspace.views.stack(ana) == [view]
    await second.stop()


async def test_a_state_file_of_another_version_opens(kept: SandboxSettings):
    """A stored field that this version does not know is ignored; everything else is there."""
    first = Sandbox(settings=kept)
    await first.start()
    ana = first.people.by_name("Ana Ruiz")
    client = AsyncWebClient(token=first.bot_token, base_url=first.api_url)
    await client.chat_postMessage(channel=ana.id, text="kept")
    store = first._workspace.store
    for kind in ("person", "message"):
        for name, body in store.load(kind).items():
            store.save(kind, name, body | {"of_another_version": 1})
    await first.stop()
    second = Sandbox(settings=kept)
    assert second.people.get(ana.id) == ana
    assert [message.text for message in second._workspace.messages.all(ana.dm)] == ["kept"]
    await second.stop()


async def test_killed_right_after_an_answer_no_message_is_lost(kept: SandboxSettings):
    """SIGKILL the moment a post was answered `ok`: after the restart every answered message is there."""
    assert kept.state_file is not None
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(kept.state_file), stdout=asyncio.subprocess.PIPE
    )
    answered: list[str] = []
    try:
        async with asyncio.timeout(15):
            assert child.stdout is not None
            api_url, token, ana = json.loads(await child.stdout.readline())
            client = AsyncWebClient(token=token, base_url=api_url)
            for number in range(20):
                posted = await client.chat_postMessage(channel=ana, text=str(number))
                answered.append(posted["ts"])
    finally:
        child.send_signal(signal.SIGKILL)
        await child.wait()
    sandbox = Sandbox(settings=kept)
    await sandbox.start()
    try:
        dm = sandbox.people.get(ana).dm
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        history: Any = await client.conversations_history(channel=dm)
        assert [message["ts"] for message in history["messages"]][::-1] == answered
    finally:
        await sandbox.stop()


async def test_the_state_file_belongs_to_one_sandbox_and_one_user(kept: SandboxSettings):
    """A second sandbox on the same file is refused with the cause; nobody else may read the file."""
    first = Sandbox(settings=kept)
    assert kept.state_file is not None
    assert stat.S_IMODE(kept.state_file.stat().st_mode) == 0o600
    with pytest.raises(StateFileError, match="another sandbox"):
        Sandbox(settings=kept)
    await first.stop()
    await Sandbox(settings=kept).stop()


async def test_a_file_that_is_no_state_is_refused(kept: SandboxSettings):
    """A text file is not overwritten; the error is an OSError, which the command line explains in a sentence."""
    assert kept.state_file is not None
    kept.state_file.parent.mkdir()
    kept.state_file.write_text("my notes, " * 200)
    with pytest.raises(StateFileError) as caught:
        Sandbox(settings=kept)
    assert isinstance(caught.value, OSError)
    assert kept.state_file.read_text().startswith("my notes")


async def test_a_taken_port_moves_on(settings: SandboxSettings, sandbox: Sandbox):
    """The next free port is taken, and the address says which."""
    taken = int(sandbox.address.rsplit(":", 1)[1])
    second = Sandbox(settings=replace(settings, port=taken))
    await second.start()
    try:
        assert taken < int(second.address.rsplit(":", 1)[1]) < taken + 20
    finally:
        await second.stop()
