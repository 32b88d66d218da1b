"""What is said where a step of the advice is refused, and whether a version is as new as a step asks for."""

from collections.abc import Iterator

from bot.answers.blocks import Answer, Paragraph, Step, Steps
from bot.base.languages import Text

_REFUSED = Text("Step {number}: the system denies access", "第 {number} 步没有权限")
_AS_ADMINISTRATOR = Text(
    "Windows: close the window, right-click Start → “Terminal (Admin)”, and enter the step's lines there. A file that "
    "is in use refuses too: quit the program first.",
    "Windows：关掉窗口，右键“开始”→“终端（管理员）”，在那里再输入这一步的命令。文件被占用也会拒绝：先退出程序。",
)
_WITH_SUDO = Text(
    "Linux, Mac, WSL: write sudo and a blank before the command. Not before pip: that goes into an environment of your "
    "own (python -m venv). For a folder of your own: sudo chown -R $USER FOLDER.",
    "Linux、Mac、WSL：在命令前面加 sudo 和一个空格。pip 不要加 sudo，用自己的虚拟环境（python -m venv）；"
    "自己的文件夹被拒绝：sudo chown -R $USER 文件夹。",
)
_STILL = Text("Refused all the same? Then paste the whole line.", "还是被拒绝？把那一整行贴上来。")
_NEW = Text("{own} is new enough: it works from {wanted} on", "{own} 够新了：{wanted} 起就支持")
_OLD = Text("Too old: {own}, and it works from {wanted} on", "太旧了：你的是 {own}，要 {wanted} 以上")
_UPDATE = Text("So step {number} it is.", "那就做第 {number} 步。")
_ELSEWHERE = Text(
    "So it is not the version. Is it really this copy that runs, and no older one elsewhere? Else go on with the next "
    "step.",
    "那就不是版本的问题。看看运行的是不是这一份（别处可能还有一份旧的），不是就接着做下一步。",
)


def refused_answer(step: Step, number: int) -> Answer:
    """What to do where a step, by its number from 1, is refused for want of rights."""
    title = _REFUSED.format(number=number)
    return Answer(title, "careful", (*map(Paragraph, _rights(step)), Steps("", (step,)), Paragraph(_STILL)))


def _rights(step: Step) -> Iterator[Text]:
    """How one gets the right, on the systems for which the step's commands are written."""
    shells = {code.shell for code in step.commands}
    if not shells or shells & {"powershell", "cmd"}:
        yield _AS_ADMINISTRATOR
    if not shells or shells - {"powershell", "cmd"}:
        yield _WITH_SUDO


def version_answer(own: str, wanted: str, number: int, step: Step, *, is_new: bool) -> Answer:
    """Whether one's own version is as new as the one from which on it works. `number`: of the step that says so."""
    if is_new:
        return Answer(_NEW.format(own=own, wanted=wanted), "neutral", (Paragraph(_ELSEWHERE),))
    update = Paragraph(_UPDATE.format(number=number))
    return Answer(_OLD.format(own=own, wanted=wanted), "careful", (update, Steps("", (step,))))
