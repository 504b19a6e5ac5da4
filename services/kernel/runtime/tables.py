"""Each service has tables of its own: a base class with its own metadata, the outbox, the inbox, the sessions."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from kernel.runtime import inbox, outbox, sessions

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def service_tables() -> type[SQLModel]:
    """A base class for one service's tables, already holding its outbox, inbox and sessions.

    Four services live in one process in the embedded platform, so none may use SQLModel's shared metadata.
    """
    catalogue = MetaData(naming_convention=NAMING)
    outbox.table(catalogue)
    inbox.table(catalogue)
    sessions.table(catalogue)

    class ServiceTable(SQLModel, registry=registry(metadata=catalogue)):
        """Base of a service's tables."""

        metadata = catalogue

    return ServiceTable
