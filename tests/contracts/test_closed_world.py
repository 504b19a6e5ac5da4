"""No event without an example, a producer and a consumer; what was written once still parses."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import ValidationError

from kernel.contracts import registry
from kernel.contracts.envelope import Cause, Envelope, Event, next_span
from kernel.contracts.registry import CONTRACTS, SERVICES, Contract

FAMILIES = ("intake", "intake_life", "intake_people", "scoring", "funding_watch", "triage", "notifier")


def declared() -> set[type[Event]]:
    """Every event class that a family module defines."""
    modules = [import_module(f"kernel.contracts.{family}") for family in FAMILIES]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return {kind for kind in found if issubclass(kind, Event) and kind is not Event}


def test_every_event_is_registered_once() -> None:
    registered = [contract.event for contract in CONTRACTS]
    assert set(registered) == declared()
    assert len(registered) == len(set(registered)) == len(registry.BY_SUBJECT)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.event.subject())
def test_an_event_has_a_producer_consumers_an_example_and_words(contract: Contract) -> None:
    assert contract.producer in SERVICES
    assert contract.consumers and set(contract.consumers) <= set(SERVICES)
    assert (contract.event.__doc__ or "").strip()
    event = contract.event.model_validate_json(contract.example.read_text(encoding="utf-8"))
    assert event.aggregate
    assert contract.event.model_validate_json(event.model_dump_json()) == event


def test_no_example_without_an_event() -> None:
    assert {path.stem for path in registry.EXAMPLES.glob("*.json")} == set(registry.BY_SUBJECT)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.event.subject())
def test_every_field_of_the_wrong_json_type_is_refused(contract: Contract) -> None:
    body = json.loads(contract.example.read_text(encoding="utf-8"))
    for name in body:
        wrong = dict(body) | {name: {"not": ["this"]}}
        with pytest.raises(ValidationError):
            contract.event.model_validate_json(json.dumps(wrong))


def test_a_field_added_later_does_not_break_an_older_consumer() -> None:
    contract = registry.BY_SUBJECT["intake.contact.declared.v1"]
    body = json.loads(contract.example.read_text(encoding="utf-8")) | {"new_field": 1}
    assert contract.event.model_validate_json(json.dumps(body)).aggregate


def test_addresses_travel_in_contact_events_alone() -> None:
    for contract in CONTRACTS:
        names = json.dumps(contract.event.model_json_schema()["properties"])
        carries = "email" in names or "phone" in names
        assert carries == contract.event.type.startswith("intake.contact.")


def test_the_cause_is_carried_in_the_same_trace() -> None:
    first = Cause.new()
    second = first.followed_by("ab" * 16)
    assert second.correlation_id == first.correlation_id and second.causation_id == "ab" * 16
    assert second.traceparent.split("-")[1] == first.traceparent.split("-")[1]
    assert second.traceparent != first.traceparent
    assert len(next_span("nonsense").split("-")) == 4


def test_headers_are_cloudevents(moment) -> None:
    contract = registry.BY_SUBJECT["funding_watch.crawl.due.v1"]
    event = contract.event.model_validate_json(contract.example.read_text(encoding="utf-8"))
    headers = Envelope.seal(event, moment, Cause.new()).headers()
    assert headers["ce-id"] == headers["Nats-Msg-Id"]
    assert headers["ce-type"] == "funding_watch.crawl.due.v1" and headers["ce-source"] == "/funding_watch"
    assert headers["ce-subject"] == "aides_territoires" and headers["ce-time"] == moment.isoformat()


def test_generated_documents_are_not_stale() -> None:
    from chevalement import documents

    folder = Path(__file__).resolve().parents[2] / "docs"
    assert documents.stale(folder) == [], "run `make docs`"
