"""What a push service's answer means (RFC 8030; statuses as the large services use them)."""

from __future__ import annotations

from collections.abc import Mapping

from relance.channels.model import SendResult, SendState
from relance.channels.network import retry_after

TAKEN = (200, 201, 202, 204)
ENDED = (404, 410)
REFUSED = (400, 401, 403)
TOO_LARGE = 413
DETAIL = 300  # characters of the answer kept for the operator


def read_answer(status: int, headers: Mapping[str, str], body: bytes, now: float) -> SendResult:
    """Map one answer. ``now`` is real time in seconds, for a ``Retry-After`` that names a date."""
    if status in TAKEN:
        return SendResult(SendState.SENT, str(status), headers.get("Location", ""))
    said = f"{status} {body.decode('utf-8', 'replace').strip()}"[:DETAIL].strip()
    if status in ENDED:
        return SendResult(SendState.GONE, said)
    if status == 429 or status >= 500 or status == 408:
        wait = retry_after(headers.get("Retry-After", ""), now)
        return SendResult(SendState.RETRY, said, retry_after_ms=wait, is_outage=True)
    if status == TOO_LARGE:  # though it has no more than every push service must take
        return SendResult(SendState.FAILED, f"{said} (larger than this push service takes: shorten the message)"[:DETAIL])
    return SendResult(SendState.REFUSED if status in REFUSED else SendState.FAILED, said)
