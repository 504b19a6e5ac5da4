"""Whether a call is open to a project: checks in order, each with its evidence and the fact it was held against.

The rule kept here: what is not written is to check, never a silent no. Only words of the call, or an official
code that excludes the project, may say no; an unknown kind of porteur is to check and not a yes.
"""

from datetime import datetime

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility.answers import Answer, Check, CheckName, Place, verdict_of
from funding_watch.domain.eligibility.sayings import conditions_of
from funding_watch.domain.eligibility.spending import check_amount, check_cumulation, check_expense, check_stage
from funding_watch.domain.eligibility.when import check_calendar
from funding_watch.domain.eligibility.where import check_territory, check_zone, is_made_for
from funding_watch.domain.eligibility.who import asks_for_partners, check_beneficiary
from kernel.contracts.intake import Need, Project

__all__ = [
    "Answer",
    "Check",
    "CheckName",
    "Place",
    "asks_for_partners",
    "check_beneficiary",
    "check_calendar",
    "check_expense",
    "check_need",
    "check_project",
    "check_territory",
    "check_zone",
    "is_made_for",
    "verdict_of",
]


def check_project(call: FundingCall, project: Project, place: Place, now: datetime) -> tuple[Check, ...]:
    """What does not depend on the need, in the order in which staff would check it."""
    zone = check_zone(conditions_of(call), project, place)
    return (
        check_territory(call, project, place),
        *((zone,) if zone else ()),
        check_beneficiary(call, project, place),
        check_calendar(call, project, place, now),
    )


def check_need(call: FundingCall, project: Project, need: Need) -> tuple[Check, ...]:
    """What depends on the need: the kind of spending, its amount, the stage it is at, what it adds up with."""
    conditions = conditions_of(call)
    cumulation = check_cumulation(call, conditions, project)
    return (
        check_expense(call, need),
        check_amount(call, conditions, project, need),
        check_stage(conditions, project, need),
        *((cumulation,) if cumulation else ()),
    )
