"""A rule as a sentence, in English or French: "did “Order Completed” at least twice in the last 30 days and plan is “pro”".

The words are data (``english``, ``french``); ``grammar`` combines them. Negations are moved down to the conditions, so that
people read "has not done “Order Completed”" and never "not (did “Order Completed”)".
"""

from __future__ import annotations

from relance.segments.sentence.grammar import Names, sentence
from relance.segments.sentence.words import Language

__all__ = ["Language", "Names", "sentence"]
