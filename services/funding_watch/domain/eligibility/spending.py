"""What for: whether the call pays for that kind of need, for that much, at that stage, beside what is there.

The rule kept here: a need or a call that gives no amount is never refused for its amount.
"""

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility.answers import Check
from funding_watch.domain.eligibility.sayings import Conditions
from funding_watch.domain.wording import NEED_WORDS, amount_words, listed, money_words
from funding_watch.domain.words import folded
from kernel.contracts.intake import Need, Project

BEGUN = {"travaux": "Les travaux ont commencé", "exploitation": "Le projet est en service"}
SMALL_SHARE = 10
"""Percent of the need under which we ask whether an application is worth its work."""


def check_expense(call: FundingCall, need: Need) -> Check:
    """Whether the call pays for this kind of need; advice instead of money is to check."""
    fact = f"Le besoin est {NEED_WORDS[need.kind]}"
    if set(call.kinds) == {"ingenierie"}:
        return _advice(need, fact)
    if need.kind in {"ingenierie", "expertise"} and "ingenierie" in call.kinds:
        return Check("depense", "yes", "L’aide comprend un accompagnement technique", fact)
    if not call.expenses:
        question = "Demander au financeur quelles dépenses sont prises en charge."
        return Check("depense", "to_check", "Dépenses prises en charge non précisées", fact, question)
    evidence = f"Paie des dépenses {listed(f'd’{one}' if one[0] == 'i' else f'de {one}' for one in call.expenses)}"
    if need.kind in call.expenses:
        return Check("depense", "yes", evidence, fact)
    if need.kind in {"investissement", "fonctionnement"}:
        return Check("depense", "no", evidence, fact)
    question = "Demander au financeur si cette dépense peut être retenue."
    return Check("depense", "to_check", evidence, fact, question)


def _advice(need: Need, fact: str) -> Check:
    evidence = "L’aide est un accompagnement, sans versement d’argent"
    if need.kind in {"ingenierie", "expertise"}:
        return Check("depense", "yes", evidence, fact)
    return Check("depense", "to_check", evidence, fact, "Voir si cet accompagnement aide à préparer le projet.")


def check_amount(call: FundingCall, conditions: Conditions, project: Project, need: Need) -> Check:
    """Whether the sums that the call announces and those of the project can meet."""
    cost = max(need.amount or 0, project.budget or 0) or None
    fact = f"Le besoin est de {amount_words(need.amount)}" if need.amount else "Le montant du besoin n’est pas donné"
    if conditions.least_cost and cost is not None:
        least, saying = conditions.least_cost
        if cost < least:
            whole = f"Le projet coûte {amount_words(cost)}"
            return Check("montant", "no", f"« {saying.text} »", whole, where=saying.where)
    said = money_words(call.amount_min, call.amount_max, call.rate_max)
    if said is None:
        return Check("montant", "yes", "Ni plancher ni plafond annoncés", fact)
    evidence = said[0].upper() + said[1:]
    if cost is not None and call.amount_min and call.amount_min > cost:
        question = "Demander au financeur si plusieurs projets peuvent se réunir pour atteindre le plancher."
        return Check("montant", "to_check", evidence, f"Le projet coûte {amount_words(cost)}", question)
    return _sum_of_need(call, need, evidence, fact)


def _sum_of_need(call: FundingCall, need: Need, evidence: str, fact: str) -> Check:
    if not call.amount_min and not call.amount_max:
        return Check("montant", "yes", evidence, fact)  # a rate fits any sum
    if not need.amount:
        return Check("montant", "to_check", evidence, fact, "Demander au porteur le montant du besoin.")
    reachable = need.amount * (call.rate_max or 100) // 100
    if call.amount_min and call.amount_min > reachable:
        question = "Demander au financeur si plusieurs besoins du projet peuvent être réunis en une demande."
        return Check("montant", "to_check", evidence, fact, question)
    if call.amount_max and call.amount_max * 100 < need.amount * SMALL_SHARE:
        question = "Voir avec le porteur si une aide qui couvre moins d’un dixième du besoin vaut le dossier."
        return Check("montant", "to_check", evidence, fact, question)
    return Check("montant", "yes", evidence, fact)


def check_stage(conditions: Conditions, project: Project, need: Need) -> Check:
    """Whether it is still time: many funders pay for nothing that was begun before the application."""
    begun = BEGUN.get(project.stage)
    fact = begun or "L’opération n’a pas commencé"
    if conditions.begun is None:
        if begun and need.kind == "investissement":
            question = "Demander au financeur s’il admet une opération commencée : beaucoup refusent."
            return Check("etape", "to_check", "L’appel ne dit rien d’une opération commencée", fact, question)
        return Check("etape", "yes", "L’appel ne refuse pas une opération commencée", fact)
    evidence, where = f"« {conditions.begun.text} »", conditions.begun.where
    if begun:
        question = "Voir avec le porteur quelles dépenses ne sont pas encore engagées, puis avec le financeur."
        return Check("etape", "to_check", evidence, fact, question, where)
    if not project.stage:
        question = "Demander au porteur où en est le projet."
        return Check("etape", "to_check", evidence, "Stade non connu", question, where)
    return Check("etape", "yes", evidence, fact, where=where)


def check_cumulation(call: FundingCall, conditions: Conditions, project: Project) -> Check | None:
    """Whether the aid may join what the plan counts on; None where neither the call nor the plan raises it."""
    same = [line.funder for line in project.plan if line.state != "refuse" and _is_among(line.funder, call.funders)]
    if conditions.cumul is None and not same:
        return None
    fact = f"Le plan compte déjà : {listed(same)}" if same else "Le plan ne compte pas encore ce financeur"
    if conditions.cumul is None:
        question = f"Demander à {same[0]} si cette aide s’ajoute à celle que le plan prévoit."
        return Check("cumul", "to_check", "L’appel ne dit rien du cumul", fact, question)
    evidence = f"« {conditions.cumul.text} »"
    question = "Vérifier avec le financeur que l’aide ne remplace pas une autre du plan."
    return Check("cumul", "to_check", evidence, fact, question, conditions.cumul.where)


def _is_among(funder: str, funders: tuple[str, ...]) -> bool:
    name = folded(funder)
    return any(len(other) > 3 and folded(other) in name for other in funders)
