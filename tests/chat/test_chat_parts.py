"""Small parts without Discord: limits per minute, signatures, the state of a request, custom ids, words."""

import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.chat import answer_buttons, presenting
from bot.chat.config import Config
from bot.chat.interactive import custom_id, parsed
from bot.chat.limits import BUTTON_LABEL, LABEL, LABEL_DESCRIPTION, MODAL_TITLE, units
from bot.chat.presenting import Look
from bot.chat.setting_faults import settings_fault
from bot.clinic.signatures import signature
from bot.intake.told import POINT_IDS, Request
from bot.service.consulting import KEPT_TEXT, shortened
from bot.service.limiter import MOST_KEYS, Limiter, SlowDownError, Window
from bot.service.request_state import (
    FORM,
    Part,
    State,
    decoded,
    encoded,
    summary,
)
from bot.service.wording import HINTS, POINTS, WORDS
from bot.store.settings import DEFAULT_POINTS


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_window_lets_through_so_many_and_then_says_how_long() -> None:
    clock = Clock()
    window = Window(2, 60, clock)
    for _ in range(2):
        assert window.wait("ann") == 0
        window.count("ann")
        clock.now += 10
    assert window.wait("ann") == 40
    assert window.wait("ben") == 0
    clock.now += 41
    assert window.wait("ann") == 0


def test_quiet_keys_are_forgotten() -> None:
    clock = Clock()
    window = Window(2, 60, clock)
    for key in range(1000):
        window.count(key)
    clock.now += 120
    window.count("new")
    assert len(window._times) == 1


def test_what_a_window_keeps_is_bounded_and_asking_keeps_nothing() -> None:
    window = Window(2, 3600, Clock())
    for key in range(MOST_KEYS + 500):
        assert window.wait(-key) == 0
        window.count(key)
    assert len(window._times) == MOST_KEYS
    assert window.number(MOST_KEYS) == 1


def test_a_window_for_nothing_lets_nothing_through() -> None:
    assert Window(0, 60, Clock()).wait("ann") == 60


@pytest.mark.parametrize(("user", "channel", "process"), [(1, 9, 9), (9, 1, 9), (9, 9, 1)])
def test_each_of_the_three_limits_holds(user: int, channel: int, process: int) -> None:
    limiter = Limiter(user, channel, process, Clock())
    limiter.admit(1, 2)
    with pytest.raises(SlowDownError) as error:
        limiter.admit(1, 2)
    assert error.value.seconds == 61
    assert "61" in error.value.in_language("zh")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OSError: cannot open /home/ann/a.gguf at 0x7f3a", "OSError: cannot open /mnt/b/c.gguf at 0x11"),
        ("2026-01-02 10:11:12,345 error: slot 3 failed", "2025-12-31T23:59:59 error: slot 17 failed"),
        (r"error: no file C:\Users\ann\x.bin", r"error: no file D:\models\y.bin"),
        ("fetch failed https://a.example/x", "fetch failed https://b.example/y?z=1"),
    ],
)
def test_the_same_error_elsewhere_has_the_same_signature(one: str, other: str) -> None:
    assert signature(f"starting\n{one}\nbye") == signature(f"hello\n{other}")
    assert signature(one)


def test_the_signature_is_the_end_of_a_traceback_or_the_first_error() -> None:
    traceback = (
        'Traceback (most recent call last):\n  File "x.py", line 3\nflux.FluxError: no juice in tank 7\ncleaning up'
    )
    assert signature(traceback) == "flux.FluxError: no juice in tank <n>"
    assert signature("loading\nfailed to map region\nerror: giving up") == "failed to map region"
    assert signature("all is well\nloading") is None
    assert signature("") is None


def part(**points: str) -> Part:
    return Part(told=Request(points=points, is_help_request=True))


def test_later_messages_and_the_form_win() -> None:
    state = State(
        parts={"20": part(system="Arch"), "3": part(system="Windows", loader="ollama"), FORM: part(loader="vLLM")}
    )
    assert summary(state).told.points == {"system": "Arch", "loader": "vLLM"}


def test_the_state_survives_json() -> None:
    state = State(parts={"1": part(log="x"), FORM: part(system="Arch")}, language="zh", index=2, reminder_id=5)
    assert decoded(encoded(state)) == state
    assert decoded(msgspec.json.encode({"parts": {}}).decode()) == State()


@given(
    st.text(alphabet=string.ascii_lowercase + "_", min_size=1, max_size=20), st.lists(st.integers(0, 2**63), max_size=3)
)
def test_custom_ids_are_found_again(action: str, arguments: list[int]) -> None:
    assert parsed(custom_id(action, *arguments)) == (action, tuple(map(str, arguments)))


@pytest.mark.parametrize("foreign", ["", "other:button", "wz", "wz:", "wz:UPPER", "xwz:a:b"])
def test_foreign_custom_ids_are_not_ours(foreign: str) -> None:
    assert parsed(foreign) is None


def test_a_custom_id_that_is_too_long_is_refused_at_once() -> None:
    assert len(custom_id("a" * 97)) == 100
    with pytest.raises(ValueError, match="too long"):
        custom_id("a" * 98)


@given(st.builds(Look, st.sampled_from(["en", "zh"]), st.integers(0, 9), st.booleans(), st.integers(0, 2**63)))
def test_a_look_survives_its_custom_id(look: Look) -> None:
    assert Look.decoded(look.encoded()) == look
    assert len(custom_id("verdict_search", "f" * 16, look.encoded())) <= 100


def test_long_logs_are_kept_head_and_tail() -> None:
    kept = shortened("a" * 50_000 + "z" * 50_000)
    assert KEPT_TEXT <= len(kept) < KEPT_TEXT + 20
    assert kept.startswith("aaa")
    assert kept.endswith("zzz")
    assert shortened("short") == "short"


def test_every_word_exists_in_both_languages_with_the_same_values() -> None:
    for name, text in WORDS.items():
        assert text.en.strip(), name
        assert text.zh.strip(), name
        fields = [{field for _, field, _, _ in string.Formatter().parse(t) if field} for t in (text.en, text.zh)]
        assert fields[0] == fields[1], name


def test_every_point_has_a_name_and_a_hint_that_fit_a_form() -> None:
    assert POINTS.keys() == HINTS.keys() == set(POINT_IDS)
    assert set(DEFAULT_POINTS) <= POINTS.keys()
    for table, limit in ((POINTS, LABEL), (HINTS, LABEL_DESCRIPTION)):
        for text in table.values():
            assert units(text.en) <= limit
            assert units(text.zh) <= limit


def test_labels_of_buttons_and_titles_of_forms_are_short_enough() -> None:
    buttons = (
        "helped",
        "not_helped",
        "more",
        "all_steps",
        "copy",
        "others",
        "best",
        "switch",
        "share",
        "dismiss",
    )
    titles = ("form_title", "not_helped_title", "ask_form_title", "template_title", "setup_form_title", "verdict_title")
    for names, limit in ((buttons, BUTTON_LABEL), (titles, MODAL_TITLE)):
        for name in names:
            assert units(WORDS[name].en) <= limit
            assert units(WORDS[name].zh) <= limit


def test_modules_are_importable_alone() -> None:
    assert answer_buttons.MOST_COPIED < 10
    assert presenting.GREEN


def test_the_hub_is_also_named_as_its_own_tools_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENZHEN_HUB", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "https://hf-mirror.com")
    assert Config(_env_file=None).hub == "https://hf-mirror.com"
    monkeypatch.setenv("WENZHEN_HUB", "")
    assert Config(_env_file=None).hub == ""
    assert Config(hub="http://here", _env_file=None).hub == "http://here"


@pytest.mark.parametrize("name", ["HF_ENDPOINT", "WENZHEN_HUB"])
def test_the_variable_that_names_a_wrong_hub_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("HF_ENDPOINT", "WENZHEN_HUB"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "hf-mirror.com")
    with pytest.raises(ValidationError) as refused:
        Config(_env_file=None)
    assert f": {name} must be an address" in settings_fault(refused.value).text.en


def test_the_proxy_is_a_setting() -> None:
    config = Config(proxy="http://127.0.0.1:7890", _env_file=None)
    assert config.proxy == "http://127.0.0.1:7890"
    assert Config(_env_file=None).proxy == ""
