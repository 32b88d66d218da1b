"""Many texts looked for at once."""

from bot.base.literals import Literals


def test_places_are_those_of_the_text_beside_halves_of_characters_too() -> None:
    wanted = Literals(["token", "ken", ""])
    for before in ("", "\ud800", "\udfff 令牌 \U0001f600 "):
        text = f"{before}token ken"
        found = sorted(text[at : at + len(wanted.texts[number])] for number, at in wanted.places_in(text))
        assert found == ["ken", "ken", "token"]
