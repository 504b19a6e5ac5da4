"""Failures have two names: permanent ones are set aside at once, with the reason; the others are tried again."""

import json

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class PermanentFailure(Exception):
    """Trying again cannot help: the message is malformed, unknown, or breaks a rule."""


class TransientFailure(Exception):
    """The world was not ready; the same attempt may succeed later."""


def is_permanent(error: BaseException) -> bool:
    """Whether `error` says that the same message can never succeed."""
    return isinstance(error, (PermanentFailure, ValidationError, json.JSONDecodeError, UnicodeDecodeError))


def is_infrastructure(error: BaseException) -> bool:
    """Whether `error` is the database's or the network's, so that the message itself is not to blame."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (OperationalError, InterfaceError, ConnectionError, TimeoutError))


def sentence(error: BaseException) -> str:
    """The error in one line, with its kind; long texts are cut at 500 characters."""
    text = " ".join(str(error).split()) or "no message"
    return f"{type(error).__name__}: {text}"[:500]
