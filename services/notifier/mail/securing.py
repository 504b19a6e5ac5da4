"""Where TLS is asked for nothing is said in clear, nor to a server whose certificate is not believed.

A certificate is checked against the authorities of the system, or those of a file for a relay with its own; there
is no setting that skips the check. What is refused waits like any mail: a renewed certificate lets it leave.
"""

import ssl
from collections.abc import Iterator

from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

from kernel.runtime.settings import PREFIX, Settings, WrongSetting


def context_of(settings: Settings) -> ssl.SSLContext | None:
    """What certificates are checked with, made once; none where mails leave in clear. Raises `WrongSetting`."""
    if settings.smtp_security == "none":
        return None
    try:
        context = ssl.create_default_context(cafile=settings.smtp_ca_file or None)
    except (OSError, ValueError) as error:
        raise WrongSetting(f"{PREFIX}SMTP_CA_FILE={settings.smtp_ca_file!r}: {error}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def why_unreachable(error: BaseException) -> str:
    """Why no conversation with the server is possible, as its operator can act on it."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"le certificat du serveur de courriel est refusé ({cause.verify_message}) : rien n’est parti ; "
                f"faites-le renouveler, ou donnez son autorité par {PREFIX}SMTP_CA_FILE"
            )
    if isinstance(error, SMTPAuthenticationError):
        return f"le serveur de courriel refuse notre compte ({words(error)}) : voyez {PREFIX}SMTP_USER"
    if isinstance(error, SMTPException) and "STARTTLS" in str(error):
        return f"le serveur de courriel ne sait pas chiffrer ({words(error)}) : rien n’est parti"
    return f"serveur de courriel injoignable : {words(error)}"


def words(error: BaseException) -> str:
    """What the server said, as « 550 adresse inconnue »; the kind of the error where it said nothing."""
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
