"""The door to entries: who is still to be taken in, and what was missed."""

from __future__ import annotations

from relance.journeys.entries.store import (
    add_missed,
    ask_intake,
    delete_missed,
    end_intakes,
    forget_journey,
    insert_pieces,
    missed_of_person,
    move_missed,
    open_intakes,
    take_piece,
    trim_missed,
)

__all__ = [
    "add_missed",
    "ask_intake",
    "delete_missed",
    "end_intakes",
    "forget_journey",
    "insert_pieces",
    "missed_of_person",
    "move_missed",
    "open_intakes",
    "take_piece",
    "trim_missed",
]
