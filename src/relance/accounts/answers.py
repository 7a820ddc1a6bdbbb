"""Stored answers of requests with an idempotency key, so that a repeated request is answered without being executed again."""

from __future__ import annotations

from sqlalchemy.engine import Connection, Engine

from relance.accounts import store
from relance.accounts.errors import IdempotencyInFlightError, IdempotencyMismatchError
from relance.accounts.model import Claim
from relance.accounts.secrets import fingerprint
from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError
from relance.core.time import DAY, MINUTE
from relance.infra.database import writing
from relance.infra.sealing import seal, unseal

ANSWERS_KEPT = DAY
ABANDONED_AFTER = 2 * MINUTE  # a request never answered: its process died


class IdempotentAnswers:
    """Answers stored by idempotency key for a day. ``now`` is real time in ms.

    Scoped to one app (0: none). Only the key's hash is stored. The answer is sealed with the key and the server's secret, because
    it may contain a new API key in clear.
    """

    def __init__(self, engine: Engine, secret: bytes) -> None:
        self._engine = engine
        self._secret = secret

    def claim(self, app_id: int, key: str, request: bytes, now: int) -> Claim:
        """Claim the key for this request, or return the stored answer.

        1. The first request to insert the key's row owns it (``fresh``).
        2. A different request under the same key raises ``IdempotencyMismatchError``.
        3. If an answer is stored, it is returned; if not, ``IdempotencyInFlightError``, but a claim whose process died long
        ago is taken over by compare-and-set on its time.
        """
        key_hash, request_hash = fingerprint(key), fingerprint(request)
        with writing(self._engine) as connection:
            store.delete_requests_before(connection, now - ANSWERS_KEPT)
            if store.claim_request(connection, app_id, key_hash, request_hash, now):
                return Claim(fresh=True)
            row = store.find_request(connection, app_id, key_hash)
            if row is None:  # released between the two statements
                raise IdempotencyInFlightError(
                    ErrorText("idempotency_in_flight", "A request with this idempotency key was just being answered: try again.")
                )
            if row.request_hash != request_hash:
                raise IdempotencyMismatchError(
                    ErrorText("idempotency_reused", "This idempotency key was used before with another request.")
                )
            if row.status is None:
                return self._wait_or_take_over(connection, app_id, key_hash, row.created_at, now)
            answer = unseal(self._secret, _purpose(app_id, key), row.answer)
            if answer is None:
                raise ConflictError(
                    ErrorText(
                        "idempotency_unreadable",
                        "This idempotency key was answered before, and its answer can no longer be opened.",
                    )
                )
            return Claim(fresh=False, status=row.status, answer=answer)

    def _wait_or_take_over(self, connection: Connection, app_id: int, key_hash: str, since: int, now: int) -> Claim:
        if now - since > ABANDONED_AFTER and store.take_over_request(connection, app_id, key_hash, since, now):
            return Claim(fresh=True)
        raise IdempotencyInFlightError(
            ErrorText("idempotency_unanswered", "A request with this idempotency key is still being answered.")
        )

    def keep(self, app_id: int, key: str, status: int, answer: bytes) -> None:
        """Store the answer to a claimed request."""
        sealed = seal(self._secret, _purpose(app_id, key), answer)
        with writing(self._engine) as connection:
            store.answer_request(connection, app_id, fingerprint(key), status, sealed)

    def release(self, app_id: int, key: str) -> None:
        """Release a claimed key: the request failed, and the same key may be used again."""
        with writing(self._engine) as connection:
            store.release_request(connection, app_id, fingerprint(key))


def _purpose(app_id: int, key: str) -> str:
    """What an answer is sealed for. An earlier version compressed some under another purpose; those are never read as plain."""
    return f"{app_id}:{key}:plain"
