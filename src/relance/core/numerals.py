"""What a number looks like in a text: history lays such texts out as numbers, rules read them as numbers."""

from __future__ import annotations

#: No leading zeros, no sign +, no exponent, no spaces: ``0123`` stays text.
PLAIN_NUMBER = r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?"
