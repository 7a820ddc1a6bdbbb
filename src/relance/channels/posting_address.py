"""Where a webhook may be posted to."""

from __future__ import annotations

from yarl import URL

from relance.channels.addresses import is_public_host, read_url
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

ADDRESS_LIMIT = 2_048  # characters


def check_address(address: str, *, private: bool) -> URL:
    """The address as a URL that may be posted to. Raises ``InvalidError`` at ``url``.

    ``private`` also allows plain http and addresses within one's own network.
    """
    try:
        url = read_url(address)
    except ValueError:
        raise InvalidError(
            ErrorText("webhook_url_host", "The address must be a URL that starts with https:// and names a host."), path="url"
        ) from None
    if len(address) > ADDRESS_LIMIT or url.scheme not in ("https", "http"):
        raise InvalidError(ErrorText("webhook_url", "The address must be a URL that starts with https://."), path="url")
    if url.user is not None or url.password is not None:
        raise InvalidError(
            ErrorText(
                "webhook_url_credentials", "The address must not contain a name or a password: messages are signed instead."
            ),
            path="url",
        )
    if not private and (url.scheme != "https" or not is_public_host(url.raw_host or "")):
        raise InvalidError(
            ErrorText(
                "webhook_url_private",
                "The address must be public and start with https://, unless the setting webhook_private allows others.",
            ),
            path="url",
        )
    return url
