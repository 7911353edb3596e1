"""Every table, imported in one place, so that the metadata is whole for migrations."""

from sqlmodel import SQLModel

from storage import agenda, commitments, discussions, nudges, objectives, pairs, people, preparations, thanks

__all__ = ["agenda", "commitments", "discussions", "nudges", "objectives", "pairs", "people", "preparations", "thanks"]

metadata = SQLModel.metadata
