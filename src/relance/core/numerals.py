"""What a number in a text looks like: history stores such texts as numbers, and rules read them as numbers."""

from __future__ import annotations

#: No leading zeros, plus sign, exponent or spaces: ``0123`` stays text.
PLAIN_NUMBER = r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?"
