"""The label's rules of cumulation: read from its file, and refused with a sentence that says what to write."""

from pathlib import Path

import pytest

from kernel.contracts.label import WrongLabel, load_label
from kernel.runtime.settings import Settings

RULE = '[[cumulations]]\nname = "Un seul par an"\nsource = "Règlement"\n'


def rules(folder: Path, written: str) -> object:
    settings = Settings.load(data=folder)
    label = settings.label_file.read_text(encoding="utf-8")
    head, _, tail = label.partition("[[cumulations]]")
    file = folder / "label.toml"
    file.write_text(head + written + "\n[[advisers]]" + tail.partition("[[advisers]]")[2], encoding="utf-8")
    return load_label(file, settings.territory_file).cumulations


def test_the_shipped_label_says_that_one_of_the_three_funds_may_be_asked_for_a_year(tmp_path: Path) -> None:
    settings = Settings.load(data=tmp_path)
    (rule,) = load_label(settings.label_file, settings.territory_file).cumulations
    assert (rule.most, rule.every, rule.sources) == (1, "an", ("region_actes",))
    assert rule.url.startswith("https://")
    assert rules(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (RULE, "holds for no call"),
        (RULE + 'phrases = "ACTes"', "'ACTes' is no list of words"),
        (RULE + 'phrases = [" "]', "no list of words"),
        (RULE + 'phrases = ["ACTes"]\nmost = 0', "most = 0"),
        (RULE + 'phrases = ["ACTes"]\nmost = true', "most = True"),
        (RULE + 'phrases = ["ACTes"]\nevery = "mois"', "every = 'mois'; write one of an, projet"),
        (RULE + 'phrases = ["ACTes"]\nfunder = "Région"', "'funder' is no entry"),
        (RULE + 'phrases = ["ACTes"]\nurl = 3', "url = 3"),
        ('[[cumulations]]\nname = "Un seul par an"\nphrases = ["ACTes"]', "source = None"),
        ('[[cumulations]]\nsource = "Règlement"', "name = None"),
    ],
)
def test_a_rule_that_cannot_be_used_stops_the_start_and_is_named(tmp_path: Path, written: str, said: str) -> None:
    with pytest.raises(WrongLabel, match=r"cumulations") as refused:
        rules(tmp_path, written)
    assert said in str(refused.value)
