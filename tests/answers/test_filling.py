import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.filling import filled, filled_command


def test_value_then_fallback_then_as_it_stands() -> None:
    assert filled("{need|more} of {have|it} {odd}", {"need": "12 GiB"}) == "12 GiB of it {odd}"


def test_braces_of_other_languages_stay() -> None:
    code = 'docker ps --format "{{.Names}}" && echo \'{"a": 1}\''
    assert filled_command(code, {"names": "x"}) == code


@pytest.mark.parametrize(
    "value", ["x; rm -rf ~", "$(reboot)", "`id`", "-rf", "a b", "a\nb", "a|b", "a&b", "", "x" * 300]
)
def test_a_value_that_could_run_something_gives_way_to_the_fallback(value: str) -> None:
    assert filled_command("rm {path|FILE}", {"path": value}) == "rm FILE"


def test_blanks_are_fine_within_quotes() -> None:
    assert filled_command('cd "{path|FOLDER}"', {"path": r"D:\my models"}) == r'cd "D:\my models"'
    assert filled_command('cd "{path|FOLDER}"', {"path": '" & del x'}) == 'cd "FOLDER"'


def test_blanks_around_a_variable_go_when_chinese_takes_its_place() -> None:
    text = "还不认识 {name|这种架构}。而 {model|这个模型} 的模板"
    assert filled(text, {}) == "还不认识这种架构。而这个模型的模板"
    assert filled(text, {"name": "qwen3", "model": "gemma"}) == "还不认识 qwen3。而 gemma 的模板"


@given(st.text(), st.text())
def test_never_raises(text: str, value: str) -> None:
    filled(text, {"a": value})
    filled_command(text, {"a": value})
