"""Alerts for each person of the team, what each was told, and what becomes of a mail after it was taken.

SQLite cannot change a CHECK, so there the table is made again around its rows: dropped and filled within one
transaction, with the foreign keys of other tables checked at its end.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
OLD_STATES = "en_attente_adresse a_envoyer en_cours envoye echec annule"
NEW_STATES = "remis rejete plainte"
STATES = "en_attente_adresse a_envoyer en_cours envoye remis rejete plainte echec annule"
OLD_TAKEN, TAKEN = "envoye", "envoye remis rejete plainte"
NEW_KINDS = "digest"
OLD_KINDS = (
    "accuse_reception preselection non_retenue decision recu_hors_delai correction_demandee message_recu "
    "message_du_porteur alerte_equipe source_degradee connexion invitation"
)
KINDS = OLD_KINDS.replace("alerte_equipe", "alerte_equipe digest")
RECIPIENTS = "applicant staff ops person"
EXPIRY = "(recipient_kind = 'person') = (expires_at IS NOT NULL)"
INDEXES = (("state", "due_at"), ("candidacy_id",), ("created_at",))


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _remade(KINDS, STATES, TAKEN, doubt="false")
    else:
        op.add_column("delivery", sa.Column("doubt", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column("delivery", "doubt", server_default=None)
        _changed(KINDS, STATES, TAKEN)
    for name, parts in _tables().items():
        op.create_table(name, *parts)
    op.create_index("ix_subscription_next_at", "subscription", ["next_at"])
    op.create_index("ix_telling_delivery_id", "telling", ["delivery_id"])


def downgrade() -> None:
    """Messages of the new kinds go, with their steps; what came back after it was taken was taken."""
    for name in reversed(_tables()):
        op.drop_table(name)
    gone = f"SELECT id FROM delivery WHERE kind IN ({_quoted(NEW_KINDS)})"  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery_step WHERE delivery_id IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery_step WHERE state IN ({_quoted(NEW_STATES)})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery WHERE kind IN ({_quoted(NEW_KINDS)})")  # noqa: S608 - our own words
    op.execute(f"UPDATE delivery SET state = 'envoye' WHERE state IN ({_quoted(NEW_STATES)})")  # noqa: S608 - our own words
    if op.get_bind().dialect.name == "sqlite":
        _remade(OLD_KINDS, OLD_STATES, OLD_TAKEN)
        return
    op.drop_column("delivery", "doubt")
    _changed(OLD_KINDS, OLD_STATES, OLD_TAKEN)


def _changed(kinds: str, states: str, taken: str) -> None:
    rules = {"kind": _listed("kind", kinds), "state": _listed("state", states), "sent": _sent(taken)}
    for name, rule in rules.items():
        op.drop_constraint(op.f(f"ck_delivery_{name}"), "delivery", type_="check")
        op.create_check_constraint(op.f(f"ck_delivery_{name}"), "delivery", rule)
    op.drop_constraint(op.f("ck_delivery_step_state"), "delivery_step", type_="check")
    op.create_check_constraint(op.f("ck_delivery_step_state"), "delivery_step", _listed("state", states))


def _remade(kinds: str, states: str, taken: str, doubt: str = "") -> None:
    """SQLite: both tables again, with other rules; `doubt` is the value of the new column, if there is one."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    for table in ("delivery", "delivery_step"):
        op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")  # noqa: S608 - our own words
    op.drop_table("delivery_step")
    op.drop_table("delivery")
    columns = _columns()
    names = ", ".join(column.name for column in columns)
    added: list[sa.Column] = [sa.Column("doubt", sa.Boolean(), nullable=False)] if doubt else []
    op.create_table("delivery", *columns, *added, *_rules(kinds, states, taken))
    target, source = (f"{names}, doubt", f"{names}, {doubt}") if doubt else (names, names)
    op.execute(f"INSERT INTO delivery ({target}) SELECT {source} FROM delivery_before")  # noqa: S608 - our own words
    for listed in INDEXES:
        op.create_index(f"ix_delivery_{'_'.join(listed)}", "delivery", list(listed))
    op.create_table("delivery_step", *_step(states))
    op.execute("INSERT INTO delivery_step SELECT id, delivery_id, at, state, note, by FROM delivery_step_before")
    op.create_index("ix_delivery_step_delivery_id", "delivery_step", ["delivery_id"])
    for table in ("delivery", "delivery_step"):
        op.drop_table(f"{table}_before")


def _step(states: str) -> list[sa.Column | sa.Constraint]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "note", "by")),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_step"),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_delivery_step_delivery_id"),
        sa.CheckConstraint(_listed("state", states), name=op.f("ck_delivery_step_state")),
    ]


def _columns() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause_event_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("snapshot", DOCUMENT, nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("ready_at", "due_at")),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("message_id", "subject", "last_error")),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
    ]


def _rules(kinds: str, states: str, taken: str) -> list[sa.Constraint]:
    rules = {
        "recipient_kind": _listed("recipient_kind", RECIPIENTS),
        "kind": _listed("kind", kinds),
        "state": _listed("state", states),
        "applicant": "(recipient_kind = 'applicant') = (candidacy_id IS NOT NULL)",
        "claimed": "(state = 'en_cours') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)",
        "due": "state <> 'a_envoyer' OR (ready_at IS NOT NULL AND due_at IS NOT NULL)",
        "sent": _sent(taken),
        "failed": "state <> 'echec' OR last_error IS NOT NULL",
        "attempts": "attempts >= 0",
        "expires_at": EXPIRY,
    }
    return [
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("cause_event_id", "recipient", "kind", name="uq_delivery_cause_event_id_recipient_kind"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_delivery_{name}")) for name, rule in rules.items()),
    ]


def _listed(column: str, codes: str) -> str:
    return f"{column} IN ({_quoted(codes)})"


def _quoted(codes: str) -> str:
    return ", ".join(repr(code) for code in codes.split())


def _sent(taken: str) -> str:
    return f"(state IN ({_quoted(taken)})) = (sent_at IS NOT NULL) AND (sent_at IS NULL OR message_id IS NOT NULL)"


def _tables() -> dict[str, list[sa.Column | sa.Constraint]]:
    return {
        "person": _person(),
        "project": _project(),
        "watched_call": _call(),
        "subscription": _subscription(),
        "telling": _telling(),
        "answer": _answer(),
        "mute": _mute(),
        "suppressed": _suppressed(),
    }


def _person() -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "role")),
        sa.Column("may_enter", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
        sa.CheckConstraint("may_enter OR email IS NULL", name=op.f("ck_person_gone")),
    ]


def _project() -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("themes", DOCUMENT, nullable=False),
        sa.Column("epci_code", sa.Text(), nullable=False),
        sa.Column("follower", sa.Uuid(), nullable=True),
        sa.Column("followed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_project"),
    ]


def _call() -> list[sa.Column | sa.Constraint]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("call_key", "title", "url")),
        sa.Column("funders", DOCUMENT, nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("rate_max", sa.Integer(), nullable=True),
        sa.Column("amount_max", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_key", name="pk_watched_call"),
    ]


def _subscription() -> list[sa.Column | sa.Constraint]:
    rules = {
        "subject": _listed("subject", "tout mes_projets themes agglomerations"),
        "rhythm": _listed("rhythm", "immediat quotidien hebdomadaire jamais"),
        "hour": "hour >= 8 AND hour < 19",
        "weekday": "weekday >= 0 AND weekday <= 4",
        "silent": "rhythm <> 'jamais' OR next_at IS NULL",
    }
    return [
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "person_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "rhythm")),
        sa.Column("values", DOCUMENT, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("hour", "weekday")),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("paused_until", "next_at")),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("person_id", "subject", name="uq_subscription_person_id_subject"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_subscription_{name}")) for name, rule in rules.items()),
    ]


def _telling() -> list[sa.Column | sa.Constraint]:
    rules = {
        "on_its_way": "(delivery_id IS NULL) = (telling IS NULL)",
        "something": "told IS NOT NULL OR telling IS NOT NULL",
        "told_in": "(told IS NULL) = (told_in IS NULL)",
    }
    return [
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("person_id", "match_id")),
        *(sa.Column(name, DOCUMENT, nullable=True) for name in ("told", "telling")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("told_in", "delivery_id")),
        sa.PrimaryKeyConstraint("person_id", "match_id", name="pk_telling"),
        *(
            sa.ForeignKeyConstraint([name], ["delivery.id"], name=f"fk_telling_{name}")
            for name in ("told_in", "delivery_id")
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_telling_{name}")) for name, rule in rules.items()),
    ]


def _answer() -> list[sa.Column | sa.Constraint]:
    return [
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("person_id", "match_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("answer", "by")),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "match_id", name="pk_answer"),
        sa.CheckConstraint(_listed("answer", "transmettre a_etudier pas_pour_moi"), name=op.f("ck_answer_answer")),
    ]


def _mute() -> list[sa.Column | sa.Constraint]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("recipient", "subject")),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("recipient", "subject", name="pk_mute"),
        sa.CheckConstraint(_listed("subject", "rappels veille"), name=op.f("ck_mute_subject")),
    ]


def _suppressed() -> list[sa.Column | sa.Constraint]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("fingerprint", "reason")),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_suppressed"),
    ]
