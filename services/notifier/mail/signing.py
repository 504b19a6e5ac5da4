"""A DKIM signature, where the installation has a key: over every header that says who writes, to whom and how to stop.

Both headers of RFC 8058 are under it, as mailbox providers ask. A key that cannot be read stops the start.
"""

from collections.abc import Callable
from pathlib import Path

import dkim

from kernel.runtime.settings import PREFIX, Settings, WrongSetting
from notifier.mail.writing import domain_of

SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"references",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"mime-version",
    b"content-type",
)


def signature_of(settings: Settings) -> Callable[[bytes], bytes]:
    """What puts the signature of this installation before a message. Raises `WrongSetting`."""
    if not settings.dkim_selector:
        return bytes
    selector, domain = settings.dkim_selector.encode(), domain_of(settings.mail_from).encode()
    try:
        key = Path(settings.dkim_key_file).read_bytes()
        dkim.sign(b"From: a@b.example\r\n\r\n", selector, domain, key)
    except (OSError, dkim.DKIMException, ValueError) as error:
        raise WrongSetting(f"{PREFIX}DKIM_KEY_FILE={settings.dkim_key_file!r}: {error}") from None

    def signed(raw: bytes) -> bytes:
        present = {line.partition(b":")[0].lower() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")}
        covered = [name for name in SIGNED if name in present]
        signature: bytes = dkim.sign(
            raw, selector, domain, key, canonicalize=(b"relaxed", b"relaxed"), include_headers=covered
        )
        return signature + raw

    return signed
