"""Public interface of entries: pending enrolments, and missed entries."""

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
