"""Python tracebacks: the first exception of a chain is the root, the last is what the program died of."""

from hypothesis import given
from hypothesis import strategies as st

from bot.intake.cleaning import clean
from bot.intake.tracebacks import exception_name, tracebacks

CHAINED = """\
(APIServer pid=1) INFO 01-02 03:04:05 [api_server.py:1] starting
Traceback (most recent call last):
  File "/opt/urllib3/connection.py", line 198, in _new_conn
    sock = connection.create_connection(
socket.gaierror: [Errno -2] Name or service not known

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/opt/requests/adapters.py", line 667, in send
    resp = conn.urlopen(
urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='huggingface.co', port=443)

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/run.py", line 3, in <module>
    load()
OSError: We couldn't connect to 'https://huggingface.co'
"""


def test_a_chain_has_a_root_and_a_final_exception() -> None:
    lines = clean(CHAINED)
    (chain,) = tracebacks(lines)
    assert lines[chain.root].text.startswith("socket.gaierror")
    assert lines[chain.final].text.startswith("OSError")
    assert len(chain.exceptions) == 3


def test_several_processes_give_several_chains() -> None:
    pasted = """\
(EngineCore_0 pid=7) ERROR 02-11 21:04:18 [core.py:843] Traceback (most recent call last):
(EngineCore_0 pid=7) ERROR 02-11 21:04:18 [core.py:843]   File "/opt/core.py", line 1, in run
(EngineCore_0 pid=7) ERROR 02-11 21:04:18 [core.py:843] torch.OutOfMemoryError: CUDA out of memory.
(APIServer pid=1) Traceback (most recent call last):
(APIServer pid=1)   File "/opt/api.py", line 9, in main
(APIServer pid=1) RuntimeError: Engine core initialization failed.
"""
    lines = clean(pasted)
    assert [exception_name(lines[chain.final].text) for chain in tracebacks(lines)] == [
        "torch.OutOfMemoryError",
        "RuntimeError",
    ]


def test_source_text_under_a_frame_is_not_the_exception() -> None:
    lines = clean('Traceback (most recent call last):\n  File "a.py", line 1, in f\n    ValueError: x\nKeyError: 1')
    (chain,) = tracebacks(lines)
    assert lines[chain.final].text == "KeyError: 1"


def test_a_traceback_without_its_end_is_left_out() -> None:
    assert tracebacks(clean('Traceback (most recent call last):\n  File "a.py", line 1, in f\n    f()')) == []


def test_names_of_exceptions() -> None:
    assert exception_name("sqlite3.OperationalError: no such table") == "sqlite3.OperationalError"
    assert exception_name("KeyError") == "KeyError"
    assert exception_name("E   ModuleNotFoundError: No module named 'x'") == "ModuleNotFoundError"
    assert exception_name("Error: it failed") is None
    assert exception_name("the ValueError: quoted") is None


@given(st.lists(st.sampled_from([*CHAINED.splitlines(), "ValueError: x", "text", ""]), max_size=40))
def test_any_mixture_of_lines_is_survived(rows: list[str]) -> None:
    lines = clean("\n".join(rows))
    found = [index for chain in tracebacks(lines) for index in chain.exceptions]
    assert found == sorted(found)
    assert all(exception_name(lines[index].text) for index in found)
