"""The whole platform plays the whole story and logs all it can: no address, no link, no key, no words of a dossier."""

import re
from pathlib import Path

import pytest

from chevalement.demo.dossiers import dossiers
from chevalement.demo.mailbox import text_of
from tests.faults.scene import Scene, a_scene

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SECRET = re.compile(r"(?:jeton|cle)=([\w.~-]{16,})|/(?:retours|flux|desabonnement|preferences|reponse)/([\w.~-]{16,})")


class Talkative(Scene):
    """A platform that logs everything."""

    def settings(self) -> dict[str, object]:
        return super().settings() | {"log_level": "debug", "log_format": "json"}


async def test_a_whole_story_names_nobody_in_the_logs(tmp_path: Path) -> None:
    async with a_scene(tmp_path, Talkative) as scene:
        platform = await scene.up()
        try:
            await scene.play()
        finally:
            platform.kill()
        mails = scene.catcher.parsed()
    logged = platform.out + platform.err
    assert logged.count("service.started") == 4 and "source.read" in logged
    addresses = {str(mail["To"]) for mail in mails}
    keys = {found for mail in mails for pair in SECRET.findall(text_of(mail)) for found in pair if found}
    assert len(addresses) > 8 and keys  # or this test looks for nothing
    words = {one["description"][:60] for one in dossiers()}
    assert not [one for one in addresses | keys | words if one in logged]
    assert not re.findall(r"[\w.+-]+@[\w-]+\.(?:example|fr|test)", logged)
