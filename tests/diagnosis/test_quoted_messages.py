"""A message that is only quoted: in source code, in thanks, in wishes, in news, in advice."""

import pytest
from small_knowledge import entry, ids

MEMORY = entry("memory", "CUDA error: out of memory")
PORT = entry("port", "port {number} is already in use", kind="symptom")
GIT = entry("git", "git 不是内部或外部命令")


@pytest.mark.parametrize(
    "quoted",
    [
        'raise RuntimeError("CUDA error: out of memory")',
        'if [ $? -ne 0 ]; then echo "CUDA error: out of memory"; fi',
        'logger.error("CUDA error: out of memory")',
        "Thanks, a smaller context fixed it. No more CUDA error: out of memory",
        "Solved! It was the CUDA error: out of memory from the wiki",
        "之前的 CUDA error: out of memory 已经解决了，谢谢大家",
        "Feature request: tell CUDA error: out of memory apart from other failures",
        "* [Bugfix] Fix CUDA error: out of memory with two cards by @jo in #12",
        "- Fixed CUDA error: out of memory when the window is resized",
        "更新日志：修复 CUDA error: out of memory",
        "如果提示 CUDA error: out of memory，请先把上下文调小",
        'throw new Error("CUDA error: out of memory")',
        'if (code == 2) { fprintf(stderr, "CUDA error: out of memory"); exit(1); }',
        'with pytest.raises(RuntimeError, match="CUDA error: out of memory"):',
        "| CUDA error: out of memory | model too large | fewer layers |",
        "Docs: CUDA error: out of memory is not explained on the page",
    ],
)
def test_a_quoted_message_is_not_claimed(quoted: str) -> None:
    assert ids(quoted, MEMORY) == []


@pytest.mark.parametrize(
    "failing",
    [
        '  File "/opt/x/load.py", line 3, in load\n    raise RuntimeError("CUDA error: out of memory")',
        'raise RuntimeError("CUDA error: out of memory")\nRuntimeError: CUDA error: out of memory',
        "I fixed the path, but now it says CUDA error: out of memory",
        "Solved the download, still CUDA error: out of memory",
        "已经解决了下载的问题，现在报 CUDA error: out of memory",
        "nothing fixed it: CUDA error: out of memory",
        "如果加载大模型就出现 CUDA error: out of memory，怎么办",
        "How do I fix CUDA error: out of memory?",
        "- CUDA error: out of memory",
    ],
)
def test_a_message_that_stops_somebody_is_claimed(failing: str) -> None:
    assert ids(failing, MEMORY) == ["memory"]


def test_what_works_elsewhere_is_not_mended() -> None:
    assert ids("The browser works fine. It says port 5001 is already in use", PORT) == ["port"]
    assert ids("port 5001 is already in use, told me the log. Works fine now!", PORT) == []


def test_a_wish_is_no_complaint() -> None:
    assert ids("Proposal: warn when port 5001 is already in use and take the next", PORT) == []
    assert ids("it tells me port 5001 is already in use", PORT) == ["port"]


def test_a_tutorial_quoted_by_somebody_who_is_stuck_counts() -> None:
    assert ids("教程说如果提示 git 不是内部或外部命令，请先安装 Git", GIT) == []
    assert ids("教程说如果提示 git 不是内部或外部命令，请先安装 Git，可是我装了还是这样", GIT) == ["git"]
