"""What docker-compose.yml promises without an engine: images that stay what they are, doors that stay closed."""

from typing import Any

import pytest
import yaml

from tests.compose.stack import FILES, ROOT


def services() -> list[tuple[str, dict[str, Any]]]:
    loaded = [yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in FILES]
    return [(name, one) for file in loaded for name, one in file["services"].items() if "image" in one]


def test_every_image_says_its_version() -> None:
    own = "${CHEVALEMENT_IMAGE:-chevalement:local}"
    floating = [name for name, one in services() if one["image"] != own and one["image"].endswith(("latest", ":"))]

    assert not floating
    assert all(":" in one["image"] for _, one in services())


@pytest.mark.parametrize(("name", "service"), services())
def test_a_container_has_no_more_rights_than_it_needs(name: str, service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert "privileged" not in service


def test_ports_are_of_this_machine_alone_and_two_installations_fit_on_it() -> None:
    ports = [port for _, one in services() for port in one.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:${") for port in ports)
    assert not [name for name, one in services() if "container_name" in one]
