"""Bad states of a sitting are impossible in both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.scoring_story import START
from tests.sitting_story import PARTNERS, dossiers, marked, opened

BROKEN = {
    "ck_sitting_phase": "UPDATE sitting SET phase = 'ailleurs'",
    "ck_sitting_committee": "UPDATE sitting SET committee = 'autre'",
    "ck_sitting_dates": "UPDATE sitting SET meets_on = '2020-01-01'",
    "uq_sitting_wave_id_committee": "INSERT INTO sitting SELECT (SELECT id FROM seat LIMIT 1), wave_id, committee, "
    "grid, grid_version, phase, seed, opened_at, opened_by, marks_until, meets_on FROM sitting",
    "uq_seat_sitting_id_person": "UPDATE seat SET person = 'p1'",
    "ck_seat_came": "UPDATE seat SET came_at = NULL",
    "ck_seat_name": "UPDATE seat SET name = ''",
    "ck_tie_kind": "UPDATE tie SET kind = 'ami'",
    "ck_tie_lifted": "UPDATE tie SET lifted_by = 'x'",
    "ck_tie_lifted_reason": "UPDATE tie SET lifted_by = 'x', lifted_reason = 'court', lifted_at = at",
    "ck_mark_value": "UPDATE mark SET value = 5",
    "ck_mark_applies": "UPDATE mark SET value = 0, applies = false",
    "ck_mark_round": "UPDATE mark SET round = 3",
    "ck_ballot_round": "UPDATE ballot SET round = 0",
    "ck_sitting_act_by": "UPDATE sitting_act SET \"by\" = ''",
    "fk_minute_sitting_id_candidacy_id": 'INSERT INTO minute (sitting_id, candidacy_id, question, said, "by", at) '
    "SELECT id, wave_id, 'x', 'dit', 'x', opened_at FROM sitting",
    "ck_quorum_revision": "UPDATE quorum SET revision = 0",
    "ck_trial_dossier": "INSERT INTO trial (seat_id, dossier, answers, at) SELECT id, '', '{}', came_at FROM seat",
    "fk_mark_seat_id": "DELETE FROM seat",
}


async def test_the_database_refuses_bad_states(database_url: str) -> None:
    database = Database(database_url, FixedClock(START))
    await migrate.upgrade(database.engine, "scoring")
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    for juror in PARTNERS[:2]:
        await marked(database, sitting_id, candidacy_id, juror)

    for constraint, statement in BROKEN.items():
        with pytest.raises((IntegrityError, DBAPIError)):
            async with database.work() as work:
                await work.connection.execute(text(statement))
            pytest.fail(f"{constraint} let this pass: {statement}")
    await database.close()
