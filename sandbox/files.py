"""Files that the bot shares: created, uploaded, then shown in a message."""

import base64
import mimetypes
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.errors import SlackError
from sandbox.people import slack_id
from sandbox.state_store import StateStore, restored

FILE_BYTES = 20 * 1024 * 1024
"""The largest file accepted, in bytes. Slack accepts 1 GB, which a sandbox does not need."""


@dataclass
class File:
    """One file. `ticket` is the secret part of its URLs; `content` is base64, None until uploaded."""

    id: str
    name: str
    length: int
    ticket: str
    title: str = ""
    content: str | None = None

    @property
    def bytes(self) -> bytes:
        """The uploaded content; empty until then."""
        return base64.b64decode(self.content or "")

    @property
    def mimetype(self) -> str:
        """The media type that the file's name suggests."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def as_slack(self, address: str) -> dict[str, Any]:
        """The file object; `address` is the sandbox's own."""
        url = f"{address}/files/{self.id}/{self.ticket}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "url_private": url,
            "url_private_download": url,
        }


class Files:
    """All files by id."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._files = {name: restored(File, body) for name, body in store.load("file").items()}

    def create(self, name: str, length: int) -> File:
        """A file that is about to be uploaded; `length` in bytes."""
        file = File(slack_id("F", secrets.token_hex(8)), name, length, secrets.token_urlsafe(18))
        self._files[file.id] = file
        return file

    def upload(self, file_id: str, ticket: str, content: bytes) -> None:
        """Store a file's content. Raises `SlackError` file_not_found for an unknown file, ticket or another length."""
        file = self.get(file_id)
        if not secrets.compare_digest(file.ticket, ticket) or len(content) != file.length:
            raise SlackError("file_not_found")
        file.content = base64.b64encode(content).decode()

    def complete(self, file_id: str, title: str) -> File:
        """Complete an upload and save the file; raises `SlackError` file_not_found where nothing was uploaded."""
        file = self.get(file_id)
        if file.content is None:
            raise SlackError("file_not_found")
        file.title = title
        self._store.save("file", file.id, asdict(file))
        return file

    def get(self, file_id: str) -> File:
        """A file by id; raises `SlackError` file_not_found."""
        try:
            return self._files[file_id]
        except KeyError:
            raise SlackError("file_not_found") from None
