"""Notes that people wrote: entries of timelines with ids of their own."""

from uuid import UUID

from sqlalchemy import Connection, delete

from crm_bridge.store.tables import timeline_entry


def key(note_id: UUID) -> str:
    """Under which it stands in a workspace's timelines."""
    return f"note:{note_id}"


def drop(tx: Connection, workspace_id: UUID, note_id: UUID) -> bool:
    """Whether it was there."""
    entry = timeline_entry.c
    here = entry.workspace_id == workspace_id, entry.key == key(note_id)
    return tx.execute(delete(timeline_entry).where(*here)).rowcount == 1
