"""What is said where a step of the advice is refused, and whether a version is as new as a step asks for."""

from collections.abc import Iterator

from bot.answers.blocks import Answer, Code, Paragraph, Step, Steps
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
_OTHER_PORT = Text("Then the port is {own}", "那端口就是 {own}")
_PUT_PORT = Text(
    "Write that instead of {port}, wherever an address is asked for (SillyTavern, the browser), and connect anew:",
    "凡是要填地址的地方（酒馆、浏览器），都把 {port} 换成它，再重新连接：",
)
_PROCESS = Text("Process {number} holds it", "是进程 {number} 占着")
_SEE_PROCESS = Text("See which program that is; end none that you do not know.", "先看它是什么程序，不认识的别动。")
_END_PROCESS = Text("An old copy of the loader? End it, then start anew.", "是没退干净的旧加载器就结束它，再重新启动。")
_REFUSED_TO_END = Text(
    "“Access denied”? On Windows open the terminal as administrator, elsewhere write sudo before it. "
    "A service that comes back by itself: give the loader another port.",
    "提示拒绝访问：Windows 用管理员身份打开终端，其他系统在前面加 sudo。"
    "结束了又自己冒出来的是系统服务，给加载器换个端口。",
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


def port_answer(own: str, step_port: str) -> Answer:
    """What to do where a program has another port than the one that a step names."""
    title = _OTHER_PORT.format(own=own)
    address = Code(f"http://127.0.0.1:{own}", "text")
    return Answer(title, "neutral", (Paragraph(_PUT_PORT.format(port=step_port)), address))


def process_answer(number: str) -> Answer:
    """How the program with a process number that holds a port is seen and ended."""
    look = Step(
        _SEE_PROCESS, commands=(Code(f'tasklist /FI "PID eq {number}"', "cmd"), Code(f"ps -p {number}", "bash"))
    )
    end = Step(_END_PROCESS, commands=(Code(f"taskkill /PID {number} /F", "cmd"), Code(f"kill {number}", "bash")))
    return Answer(_PROCESS.format(number=number), "neutral", (Steps("", (look, end)), Paragraph(_REFUSED_TO_END)))


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
