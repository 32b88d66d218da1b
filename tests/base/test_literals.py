"""Many texts looked for at once."""

from bot.base.literals import Literals


def test_places_are_those_of_the_text_beside_halves_of_characters_too() -> None:
    wanted = Literals(["token", "ken", ""])
    for before in ("", "\ud800", "\udfff 令牌 \U0001f600 "):
        text = f"{before}token ken"
        found = sorted(text[at : at + len(wanted.texts[number])] for number, at in wanted.places_in(text))
        assert found == ["ken", "ken", "token"]


def test_in_a_long_text_all_places_are_found_once() -> None:
    wanted = Literals(["token", "ken", "nowhere"])
    text = "x" * 65_533 + "token" + "y" * 65_531 + "tokentoken"
    places = {word: [at for at in range(len(text)) if text.startswith(word, at)] for word in ("token", "ken")}
    assert wanted.standing_in(text) == places
    assert wanted.found_in(text) == {"token", "ken"}
    assert "ken" in wanted
    assert "to" not in wanted
