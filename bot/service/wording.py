"""Everything the bot itself says on Discord, in both languages. What an answer says comes from bot/answers."""

from collections.abc import Callable

from bot.base.errors import UserError
from bot.base.languages import Language, Text

WORDS: dict[str, Text] = {}


def words(name: str, language: Language, **values: object) -> str:
    """The text under `name` with its `{values}` filled in. Values are put in as they are: escape them first."""
    return WORDS[name].in_language(language).format(**values)


class SpokenError(UserError):
    """What cannot be done, in the bot's own words under `name`, in every language that has them."""

    def __init__(self, name: str, /, **values: object) -> None:
        text = WORDS[name].format(**values)
        super().__init__(text.en, text.zh, **text.others)


def translate_words(translated: Callable[[Text], Text]) -> None:
    """Tells everything in further languages too, as far as they know it. Once, before anybody reads it."""
    for table in (WORDS, POINTS, HINTS):
        table.update({name: translated(text) for name, text in table.items()})


def _add(**texts: tuple[str, str]) -> None:
    WORDS.update({name: Text(en, zh) for name, (en, zh) in texts.items()})


# Answers and their buttons
_add(
    evidence=("From your log", "你的日志里"),
    evidence_line=("Line {line} of your log", "日志第 {line} 行"),
    more_steps=("{number} more steps: press “More”", "还有 {number} 步，点“更多”"),
    chart=("Chart", "图表"),
    other_loaders=("The same in another program", "换个程序怎么启动"),
    helped=("Solved", "解决了"),
    not_helped=("Not solved", "没解决"),
    more=("More", "更多"),
    page_next=("Next page ({page}/{number})", "下一页（{page}/{number}）"),
    page_back=("Back", "上一页"),
    all_steps=("All steps", "全部步骤"),
    copy=("Copy commands", "复制命令"),
    others=("Other causes", "其他可能"),
    best=("Back to the likeliest", "回到最可能的原因"),
    switch=("English", "中文"),
    share=("Show to everyone", "公开给大家看"),
    dismiss=("Dismiss", "不用了"),
    delete=("Delete my answer", "删除我的回答"),
    deleted=("Deleted.", "已删除。"),
    delete_elsewhere=(
        "I may not delete messages here. You can: right-click the message → Delete.",
        "我在这里没有权限删消息。可以右键那条消息自己删除。",
    ),
    footer_masked=("Secrets are masked. What I keep: /privacy", "密钥已打码。我保存了什么：/隐私"),
    footer_read=("Read: {what}", "已读取：{what}"),
    thanks_helped=("Good to hear! Thank you for telling me.", "太好了！谢谢你的反馈。"),
    thanks_not_helped=("Thank you, noted. I learn from this.", "谢谢，记下了，我会继续改进。"),
    not_helped_title=("What was still wrong?", "还有什么问题？"),
    not_helped_label=("What happened instead (optional)", "实际情况（选填）"),
    not_helped_hint=("For example: step 2 gave another error", "例如：第 2 步又报了别的错"),
    nothing_asked=(
        "I see no question in that message, and no error.",
        "这条消息里没有问题，也没有报错。",
    ),
    at_your_service=(
        "I am here to help with local models, any time! Tell me what goes wrong and paste the log, or ask anything, "
        "for example “which model for 8 GB?” All I can do: `/about`",
        "本地模型的事随时叫我！说说遇到了什么问题，把日志贴上来就行；也可以直接问，比如“8g 显存能跑什么模型”。"
        "我会的都在 `/关于` 里。",
    ),
    nothing_more=("There is nothing more to show.", "没有更多内容了。"),
    more_actions=("That was all I know of it. You can also:", "关于它就这些了。还可以："),
    answer_gone=(
        "This answer is too old; I no longer keep it. Please run `/diagnose` again.",
        "这条回答太旧，我已经不再保存了。请重新运行 `/diagnose`。",
    ),
    not_yours=(
        "Only the one who asked, or a helper, can press this.",
        "只有提问者本人或答疑者可以按这个按钮。",
    ),
    helpers_only=("Only helpers of this server can do that.", "只有本服务器的答疑者可以这样做。"),
    moderators_only=(
        "For this you need the permission “Manage Server”.",
        "需要“管理服务器”权限才能使用。",
    ),
    owner_only=("Only the owner of this bot can do that.", "只有机器人的主人可以这样做。"),
    server_only=("This works on a server only.", "这个命令只能在服务器里用。"),
    copy_intro=("Long-press a message to copy it:", "长按下面的消息即可复制："),
    shared_by=("Asked by {user}", "提问者：{user}"),
    dismissed=("Dismissed. I will not come back to this post.", "好的，我不会再打扰这个帖子。"),
    verdict_nothing=(
        "That is no diagnosis of mine. Choose the message with my answer.",
        "这不是我的诊断。请在我的回答上打开菜单。",
    ),
    verdict_title=("Is the diagnosis right?", "诊断对吗？"),
    verdict_intro=(
        "I said: **{entry}**. If that is right, press “Right”. If not, choose what it really is.",
        "我的判断是：**{entry}**。如果对，点“对”；不对的话，请选出真正的原因。",
    ),
    verdict_intro_unknown=(
        "I did not recognise this. Choose what it really is.",
        "我没认出来。请选出真正的原因。",
    ),
    verdict_right=("Right", "对"),
    verdict_search=("Search all causes", "搜索全部原因"),
    verdict_choose=("What it really is", "真正的原因"),
    verdict_search_label=("Words of the cause, or its id", "原因的关键词或编号"),
    verdict_thanks=("Thank you! Kept as evidence: **{entry}**.", "谢谢！已记录：**{entry}**。"),
    verdict_none=("I know no cause with these words.", "没有找到匹配的原因。"),
    teach=("Share this log to teach me", "分享日志，帮我学会它"),
    taught=(
        "Thank you! The log (secrets masked) is kept until somebody has written an entry for it. "
        "`/privacy` deletes it at any time.",
        "谢谢！日志（密钥已打码）会保留到有人写出对应条目为止。随时可以用 `/privacy` 删除。",
    ),
)

# Progress and trouble
_add(
    reading=("🔎 Reading…", "🔎 正在读取……"),
    reading_file=("🔎 Reading {number} of {total} files…", "🔎 正在读取第 {number}/{total} 个文件……"),
    thinking=("🔎 Read. Looking for the cause…", "🔎 读完了，正在找原因……"),
    queued=(
        "⏳ Many people ask right now; you are number {place} in the queue…",
        "⏳ 现在提问的人多，你排在第 {place} 位……",
    ),
    busy=(
        "I have my hands full right now. Please try again in a minute.",
        "我现在忙不过来了，请一分钟后再试。",
    ),
    busy_seconds=(
        "I have my hands full right now. Please try again in {seconds} s.",
        "我现在忙不过来了，请 {seconds} 秒后再试。",
    ),
    too_long=(
        "Reading this took too long, so I stopped. Send the part around the error, please.",
        "读取时间太长，我先停下了。请只发报错附近的部分。",
    ),
    too_large=(
        "This is too large for me. Send the last 500 lines, please: the error is nearly always there.",
        "内容太大，我读不下来。请只发最后 500 行，报错多半就在那里。",
    ),
    worker_died=(
        "Something went wrong while reading this. Please try once more; if it happens again, send a smaller part.",
        "读取时出了点问题。请再试一次；如果还不行，请只发一小部分。",
    ),
    restarting=(
        "I am just being restarted. Please try again in a minute.",
        "我正在重启，请一分钟后再试。",
    ),
    slow_down=(
        "That was quick! Please wait {seconds} s before the next one.",
        "太快啦！请等 {seconds} 秒再试。",
    ),
    too_much_work=(
        "What you sent lately kept me busy for a while, and others are waiting too. Please give me {seconds} s.",
        "你刚才发的内容让我忙了好一阵，别人也在等。请 {seconds} 秒后再发给我。",
    ),
    channel_busy=(
        "This channel asked me a lot in the last minute. Please wait {seconds} s, or ask in another channel.",
        "这个频道刚刚问得太多了。请等 {seconds} 秒，或换个频道。",
    ),
    error=(
        "That was my fault, not yours. If you report it, please quote `{reference}`.",
        "这是我的问题，不是你的。反馈时请附上编号 `{reference}`。",
    ),
    missing_permissions=(
        "I cannot do my work in {place}: I lack the permission {permissions}. Please give it to me there.",
        "我在 {place} 没法工作：缺少权限 {permissions}。请在那里给我加上。",
    ),
    leak_delete=("Delete my message", "删除我的消息"),
    leak_show=("Show it", "查看那条消息"),
    leak_deleted=("The message is gone. Please replace the secret all the same.", "消息已经删除。密钥还是要换掉。"),
    leak_by_hand=(
        "I may not delete messages there (that needs the permission Manage Messages). Please delete it yourself: "
        "hold or right-click the message, Delete.",
        "我在那里没有“管理消息”权限，删不了。请自己删除：长按或右键那条消息，选择删除。",
    ),
    leak_not_yours=("Only its author or a moderator may delete that message.", "只有发消息的人或管理员可以删除它。"),
    nothing_to_read=(
        "I found nothing to read there. Paste the log, or attach it as .txt, .log, .gz or .zip.",
        "那里没有可以读的内容。请粘贴日志，或上传 .txt、.log、.gz、.zip 文件。",
    ),
    file_too_large=(
        "**{name}** is {size}; I read files up to {limit}. Please send the part around the error.",
        "**{name}** 有 {size}，我最多读 {limit}。请只发报错附近的部分。",
    ),
    file_gone=(
        "**{name}** is no longer there. Please attach it again.",
        "**{name}** 已经不在了。请重新上传。",
    ),
    files_left_out=("I read the first {number} files.", "我只读了前 {number} 个文件。"),
)

# Requests for help
POINTS: dict[str, Text] = {
    "system": Text("System", "系统"),
    "loader": Text("Loader", "加载器"),
    "model": Text("Model", "模型"),
    "quant": Text("Quantization", "量化"),
    "steps": Text("What you did", "你做了什么"),
    "description": Text("What goes wrong", "遇到了什么问题"),
    "log": Text("Error text or log", "报错信息"),
    "prompt_settings": Text("Prompt settings", "prompt 设置"),
    "sampler_settings": Text("Sampler settings", "采样器设置"),
}
HINTS: dict[str, Text] = {
    "system": Text("For example: Windows 11, Ubuntu 24.04, macOS 15", "例如：Windows 11、Arch Linux、macOS 15"),
    "loader": Text("For example: koboldcpp 1.98, ollama, LM Studio", "例如：koboldcpp 1.98、ollama、LM Studio"),
    "model": Text("For example: Qwen2.5-32B-Instruct", "例如：Qwen2.5-32B-Instruct"),
    "quant": Text("For example: Q5_K_M, 4.65bpw, AWQ", "例如：Q5_K_M、4.65bpw、AWQ"),
    "steps": Text("Step by step, up to where it went wrong", "一步一步写，直到出问题的地方"),
    "description": Text("What you expected, and what happened instead", "你希望怎样，实际却怎样"),
    "log": Text("Copy it from the terminal, from the start to the end", "从命令行里复制，从头到尾都要"),
    "prompt_settings": Text("Template, system prompt, context length", "模板、系统提示词、上下文长度"),
    "sampler_settings": Text("Temperature, top-p, min-p, penalties", "温度、top-p、min-p、重复惩罚"),
}
LONG_POINTS = frozenset({"steps", "description", "log", "prompt_settings", "sampler_settings"})

_add(
    ask_intro=(
        "Hi {user}! To help you, others still need to know:",
        "{user} 你好！为了让大家更快帮到你，还差下面这些信息：",
    ),
    ask_known=("Got it already: {points}", "已经知道：{points}"),
    ask_how=(
        "Edit your post, answer here, or press the button.",
        "编辑帖子、直接回复，或点下面的按钮都行。",
    ),
    ask_collect=(
        "Not sure what you have? /collect gives you a script that gathers it.",
        "不清楚自己的配置？用 /collect 拿个脚本，一次收齐。",
    ),
    collect_title=("Everything that helpers ask for, in one go", "求助要说的信息，一次收齐"),
    collect_steps=(
        "1. Download the script below (it changes nothing, sends nothing, and hides passwords and names).\n{start}\n"
        "3. Read what it shows, then attach `wenzhen-report.txt` to your post. I ask for nothing that it tells.",
        "1. 下载下面的脚本（不改动系统，不联网，密码和用户名会先去掉）。\n{start}\n"
        "3. 看一遍它显示的内容，再把 `wenzhen-report.txt` 传到你的帖子里，里面有的我就不再问了。",
    ),
    collect_windows=(
        "2. Press Win+R, paste this and press Enter (the report is in your user folder then):",
        "2. 按 Win+R，粘贴下面这行回车（报告会写在你的用户文件夹里）：",
    ),
    collect_others=("2. Open a terminal and run:", "2. 打开终端运行："),
    ask_fill=("Fill in", "填写"),
    ask_find_out=("How do I find out?", "怎么查？"),
    ask_which=("You named {values}. Which one is it about?", "你提到了 {values}，问题出在哪一个上？"),
    ask_form_title=("What is still missing", "补充信息"),
    ask_complete=(
        "✅ All there. Thank you, {user}! Helpers can start now.",
        "✅ 信息齐了，谢谢 {user}！答疑的朋友可以开始了。",
    ),
    ask_reminder=(
        "{user}, these points are still missing. With them, somebody can help you.",
        "{user}，还差这几项信息，补上以后就有人能帮你了。",
    ),
    solved=("✅ Solved", "✅ 已解决"),
    solved_what=("✅ Solved: {title}", "✅ 已解决：{title}"),
    solved_helper=("With the help of {user}", "多亏 {user} 帮忙"),
    solved_words=("“{words}”", "“{words}”"),
    solved_step=("The fix: {step}", "办法：{step}"),
    hand_over=(
        "### {user} still needs help {helpers}\n"
        "My answer did not solve it. So that nobody has to ask again, this is known:",
        "### {user} 还需要帮助 {helpers}\n我的回答没能解决问题。目前知道的都在这里，不用再问一遍：",
    ),
    hand_over_machine=("Machine", "配置"),
    hand_over_tried=("Ruled out or tried", "已经试过"),
    hand_over_words=("In their own words", "提问者自己的话"),
    ask_found=("From your log I can already say:", "从你的日志里已经能看出："),
    ask_form_saved=("Thank you, noted!", "谢谢，记下了！"),
    ask_done=("Done: I have asked for what is missing.", "好的，我已经去问缺少的信息了。"),
    ask_nothing=("Nothing is missing there.", "那里什么都不缺。"),
    ask_over=("This post is already taken care of.", "这个帖子已经处理好了。"),
    template_title=("Ask a good question", "提问模板"),
    template_intro=(
        "Press the button and fill in what you know: with this, others can help you quickly.",
        "点下面的按钮，知道多少填多少：有了这些信息，大家才能很快帮到你。",
    ),
    template_fill=("Fill in the template", "填写提问模板"),
    template_posted=("**{user} asks for help**", "**{user} 的求助**"),
    template_more=("Two more questions", "还有两项"),
)

# The form of /diagnose
_add(
    form_title=("Diagnose a log", "诊断日志"),
    form_log=("Log or error text", "日志或报错信息"),
    form_log_hint=("Paste it here, best from the start to the end", "粘贴到这里，最好从头到尾"),
    form_file=("Or a file", "或上传文件"),
    form_loader=("Loader, if you know it (optional)", "加载器（选填）"),
)

# What was solved before
_add(
    meant_instead=("I meant something else", "我想问的是别的"),
    similar_before=("🔁 Solved here before: {links}", "🔁 这里解决过类似的：{links}"),
    similar_title=("Solved here before", "这里解决过的"),
    similar_none=(
        "I remember no solved post like that here.",
        "这里还没有解决过类似的帖子。",
    ),
    similar_off=(
        "I do not remember solved posts on this server. A moderator can switch that on in `/setup`.",
        "本服务器没有让我记住解决过的帖子。版主可以在 `/设置` 里打开。",
    ),
    similar_by_answer=("by the bot's answer", "按机器人的回答解决"),
    similar_by_helper=("by a helper", "答疑者帮忙解决"),
    similar_by_author=("by the author", "提问者自己解决"),
    similar_what=(
        "Say what goes wrong, or run this in your post.",
        "请说说遇到了什么问题，或者在你的帖子里用这个命令。",
    ),
    pinned=("📌 Kept as the solution of this post: {link}", "📌 已记为这个帖子的解决办法：{link}"),
    pinned_thanks=("Thank you, noted as the solution.", "谢谢，已记为解决办法。"),
    pin_no_post=(
        "That stands under no help post that I follow.",
        "这条消息不在我跟进的求助帖里。",
    ),
    pin_own=(
        "That is my own message. Choose the reply that solved it, or press “Solved”.",
        "这是我自己的消息。请选真正解决问题的那条回复，或者点“解决了”。",
    ),
    pin_form_title=("How was it solved?", "是怎么解决的？"),
    pin_form_label=("Cause and cure in your words (optional)", "用你的话写原因和办法（选填）"),
    pin_form_hint=(
        "I do not know this error yet; what you write becomes a draft for the knowledge",
        "我还不认识这个报错，你写的会成为知识库的草稿",
    ),
)

# Posts that wait for somebody
_add(
    open_title=("Posts that wait for a helper", "还没人帮忙的帖子"),
    open_none=("None: everybody has been helped. Nice!", "没有，大家都得到帮助了，真好！"),
    open_handed=("the answer did not help", "机器人的回答没能解决"),
    open_asked=("information is missing", "还缺信息"),
    open_answered=("answered by the bot", "机器人已回答"),
    open_untitled=("a message", "一条消息"),
)

# When the bot joins a server
_add(
    welcome=(
        "### Hello, I am Wenzhen!\n"
        "I read logs and name the cause, say what runs on which card, and answer help posts.\n"
        "- **Moderators:** press “Set up” and choose the forum that I look after. Until then I answer only when asked: "
        "`/diagnose`, `/canirun`, `/recommend`, or mention me.\n"
        "- “Try a test post” shows what I would say to one; only you see it.\n"
        "-# What I keep: `/privacy`",
        "### 大家好，我是问诊！\n"
        "我会看日志找原因，算什么显卡能跑什么，也会回答求助帖。\n"
        "- **版主：** 点“开始设置”，选好我要照看的论坛。在那之前，我只在被叫到时回答：`/诊断`、`/能跑吗`、`/推荐`，"
        "或者直接 @ 我。\n"
        "- “试一个帖子”可以看看我会怎么回答，只有你看得到。\n"
        "-# 我保存了什么：`/隐私`",
    ),
    welcome_setup=("Set up", "开始设置"),
    welcome_try=("Try a test post", "试一个帖子"),
    welcome_sample=(
        "koboldcpp crashes, help! Windows 11, RTX 3060 12GB, 32 GB RAM, Qwen2.5-32B-Instruct-Q4_K_M\n"
        "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 18508.35 MiB on device 0: cudaMalloc failed: "
        "out of memory",
        "求助，koboldcpp 一启动就崩溃！Windows 11，RTX 3060 12GB，内存 32G，Qwen2.5-32B-Instruct-Q4_K_M\n"
        "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 18508.35 MiB on device 0: cudaMalloc failed: "
        "out of memory",
    ),
)

# Somebody's computer
_add(
    machine_needed=(
        "Tell me the card (or VRAM) and the RAM, for example `vram: RTX 3060` `ram: 32`. With `/machine` I remember "
        "them for you.",
        "请告诉我显卡（或显存）和内存，例如 `显存：RTX 3060` `内存：32`。用 `/我的电脑` 可以让我记住，以后不用再填。",
    ),
    model_which=(
        "That may be any of these models. Which one?",
        "这个名字可能是下面几个模型，你指哪一个？",
    ),
    card_needed=(
        "Tell me the card or the VRAM, for example `vram: RTX 3060`. With `/machine` I remember it for you.",
        "请告诉我显卡或显存，例如 `显存：RTX 3060`。用 `/我的电脑` 可以让我记住，以后不用再填。",
    ),
    machine_needs_card=(
        "Which card or how much VRAM? For example `vram: RTX 3060`, or 0 without a card.",
        "什么显卡，或者多大显存？例如 `显存：RTX 3060`；没有显卡就填 0。",
    ),
    machine_none=(
        "I remember no computer of yours. Tell me: `/machine vram: RTX 3060 ram: 32`.",
        "我还没有记住你的电脑。这样告诉我：`/我的电脑 显存：RTX 3060 内存：32`。",
    ),
    machine_kept=(
        "I remember your computer: {machine}. `/canirun`, `/layers` and `/recommend` use it where you type nothing.",
        "我记住的电脑：{machine}。`/能跑吗`、`/层数`、`/推荐` 里不填就用它。",
    ),
    machine_ram=("{amount} RAM", "{amount} 内存"),
    machine_forget=("Forget it", "忘掉它"),
    machine_forgotten=("Forgotten.", "已经忘掉了。"),
)

# A server's own answers
_add(
    own_title=("Own answers of this server", "本服务器自己的问答"),
    own_intro=(
        "I give them to `/faq` and to posts that ask for them, before my own. {number} of {most}.",
        "`/常见问题` 和求助帖里问到时，我会优先用这些回答。共 {number} 条，最多 {most} 条。",
    ),
    own_none=("None yet.", "还没有。"),
    own_add=("Add", "添加"),
    own_change=("Change", "修改"),
    own_remove=("Remove", "删除"),
    own_back=("All", "全部"),
    own_next=("Further", "下一页"),
    own_pick=("Change or remove one", "修改或删除一条"),
    own_form_title=("Question and answer", "问题与回答"),
    own_form_question=("Question", "问题"),
    own_form_aliases=("Other wordings, one a line (optional)", "其他问法，每行一个（选填）"),
    own_form_en=("Answer in English", "英文回答"),
    own_form_zh=("Answer in Chinese", "中文回答"),
    own_form_either=("One language is enough", "写一种语言就行"),
    own_no_text=(
        "Please write the answer in at least one language.",
        "请至少用一种语言写下回答。",
    ),
    own_full=(
        "There are {most} answers already; remove one first.",
        "已经有 {most} 条了，请先删除一条。",
    ),
    own_gone=("This answer has been removed meanwhile.", "这条回答已经被删除了。"),
    faq_told=("Told {user}.", "已发给 {user}。"),
    faq_not_told=(
        "I have no sure answer to that, so {user} was told nothing. Ask in other words, or pick one from the list.",
        "这个问题我没有确定的答案，所以什么都没发给 {user}。换个说法，或者从列表里选一个问题。",
    ),
    own_saved=("Saved.", "已保存。"),
    own_removed=("Removed.", "已删除。"),
)

# The setup panel
_add(
    setup_title=("Setup of this server", "本服务器的设置"),
    setup_forums=("Forums I watch", "关注的论坛"),
    setup_channels=("Channels I watch", "关注的频道"),
    setup_roles=("Helper roles (I stay silent for them)", "答疑者身份组（我不打扰他们）"),
    setup_points=("Points I ask for", "要求填写的信息"),
    setup_mode=("Automatic mode", "自动模式"),
    setup_mode_off=("Off: only when somebody asks me", "关闭：只在有人叫我时回答"),
    setup_mode_ask=("Ask only: for missing points", "只询问：只问缺少的信息"),
    setup_mode_full=("Full: ask, and diagnose logs", "完整：询问，并诊断日志"),
    setup_language=("Language", "语言"),
    setup_language_auto=("That of the author", "跟随提问者"),
    setup_needs_tag=("Tag “needs info”", "“缺信息”标签"),
    setup_solved_tag=("Tag “solved”", "“已解决”标签"),
    setup_handed_tag=("Tag “needs a helper”", "“等人帮忙”标签"),
    setup_ping=("When my answers did not help", "我的回答没解决时"),
    setup_ping_yes=("Ping the helper roles", "提醒答疑者身份组"),
    setup_ping_no=("Ask without a ping", "只发求助，不提醒"),
    setup_no_tag=("(none)", "（不使用）"),
    setup_wording=("Opening sentence", "开场白"),
    setup_wording_own=("{text}", "{text}"),
    setup_wording_standard=("(the standard one)", "（默认）"),
    setup_wording_hint=(
        "{{user}} stands for the author. Empty = the standard sentence.",
        "{{user}} 代表提问者。留空则用默认句子。",
    ),
    setup_reminder=("Reminder after", "提醒时间"),
    setup_reminder_value=("{hours} h, once", "{hours} 小时后，只提醒一次"),
    setup_reminder_never=("never", "不提醒"),
    setup_tag_facts=("Tags of loader and system", "加载器和系统标签"),
    setup_tag_facts_yes=("Put them on by myself", "自动贴上"),
    setup_tag_facts_no=("Leave them alone", "不管"),
    setup_forum=("Set up the forums: tags and guidelines", "布置论坛：标签和发帖指南"),
    setup_forum_done=(
        "Done: {forums}: tags and post guidelines are there, a post needs a tag. What stood there before is unchanged.",
        "好了：{forums} 已经有了标签和发帖指南，发帖时要选标签。原来就有的内容没有改动。",
    ),
    setup_forum_none=("Choose a forum on the page “Places” first.", "请先在“位置”页选一个论坛。"),
    setup_forum_lacking=(
        "For that I need the permission “Manage Channels” in {place}. You can take it back afterwards.",
        "这一步需要 {place} 的“管理频道”权限，弄完可以收回。",
    ),
    setup_tag_names=("needs info|solved|needs a helper", "缺信息|已解决|等人帮忙"),
    guidelines=(
        "So that somebody can help you quickly, please tell:\n"
        "- your system, card (VRAM) and RAM\n"
        "- the loader and its version, the model and its quantization\n"
        "- what you did, what you expected, what happened instead\n"
        "- the whole error text, pasted or as a file: no photos of the screen\n"
        "Never post tokens or passwords. One problem a post. Mark it solved when it is.",
        "为了让大家尽快帮到你，发帖请写上：\n"
        "- 系统、显卡（显存）、内存\n"
        "- 加载器和版本、模型和量化\n"
        "- 做了什么，希望怎样，实际怎样\n"
        "- 完整的报错文字，直接粘贴或传文件，不要拍屏\n"
        "不要贴出令牌和密码。一个帖子一个问题，解决后请标记已解决。",
    ),
    setup_remember=("Remember solved posts", "记住解决过的帖子"),
    setup_remember_yes=("Yes: for similar ones later", "记住，给以后类似的帖子参考"),
    setup_remember_no=("No", "不记住"),
    setup_limits=("Automatic answers per hour", "每小时自动回答上限"),
    setup_limits_value=("{user} per author, {channel} per channel", "每人 {user} 次，每频道 {channel} 次"),
    setup_none=("none yet", "还没有"),
    setup_pages=("Places|People and points|Tags|Wording and limits", "位置|人员与信息|标签|文字与上限"),
    setup_edit_numbers=("Change wording, reminder, limits", "修改文字、提醒、上限"),
    setup_form_title=("Wording and limits", "文字与上限"),
    setup_form_hours=("Reminder after hours (0 = never)", "几小时后提醒（0 = 不提醒）"),
    setup_form_user=("Automatic answers per author and hour", "每人每小时自动回答上限"),
    setup_form_channel=("Automatic answers per channel and hour", "每频道每小时自动回答上限"),
    setup_saved=("Saved.", "已保存。"),
    setup_conflict=(
        "Somebody else has just changed the settings. Here is how they stand now; please choose again.",
        "刚刚有别人改了设置。下面是最新的内容，请重新选择。",
    ),
    setup_number=("Please give a whole number from {least} to {most}.", "请填 {least} 到 {most} 之间的整数。"),
    setup_need_content=(
        "⚠️ The operator has not switched on reading of messages, so I only answer when asked.",
        "⚠️ 机器人的管理员没有打开读取消息的权限，我只能在被叫到时回答。",
    ),
    setup_lacking=("⚠️ I lack permissions in {place}: {permissions}", "⚠️ 我在 {place} 缺少权限：{permissions}"),
)

# Other commands
_add(
    stats_title=("The last 30 days on this server", "本服务器最近 30 天"),
    stats_solved=("Posts solved", "已解决的帖子"),
    stats_wait=("Time to the first answer (median)", "到第一条回答的时间（中位数）"),
    stats_causes=("Top causes (solved/posts)", "最常见的原因（解决/帖子）"),
    stats_loaders=("By loader (solved/posts)", "按加载器（解决/帖子）"),
    stats_days=("{number} d", "{number} 天"),
    stats_hours=("{number} h", "{number} 小时"),
    stats_minutes=("{number} min", "{number} 分钟"),
    stats_seconds=("{number} s", "{number} 秒"),
    stats_answers=("Answers", "回答"),
    kind_log=("logs", "日志"),
    kind_quality=("output", "输出质量"),
    kind_fit=("what runs", "能跑什么"),
    kind_howto=("how-to", "怎么做"),
    kind_ask=("asked back", "反问"),
    kind_canirun=("/canirun", "/能跑吗"),
    kind_layers=("/layers", "/层数"),
    kind_own=("the server's own", "本服自己的"),
    kind_words=("words explained", "解释词语"),
    kind_recommend=("/recommend", "/推荐"),
    kind_explain=("/explain", "/解读"),
    kind_faq=("/faq", "/常见问题"),
    kind_term=("/term", "/术语"),
    kind_loader=("/loader", "/选加载器"),
    stats_feedback=("Helped / did not", "解决 / 没解决"),
    stats_requests=("Help requests", "求助帖"),
    stats_requests_value=(
        "{open} open, {complete} complete, {dismissed} dismissed",
        "{open} 个待补充，{complete} 个已补全，{dismissed} 个已忽略",
    ),
    stats_evidence=("Verdicts by helpers", "答疑者的判断"),
    stats_unknown=("Most frequent unknown errors", "最常见的未知报错"),
    unknown_title=("Errors I do not know yet", "我还不认识的报错"),
    unknown_solved=("Solved here: {links}", "这里的解决办法：{links}"),
    unknown_none=("None so far. Nice!", "目前没有，真好！"),
    privacy_title=("What I keep", "我保存了什么"),
    privacy_text=(
        "- A log is kept only with its secrets masked and its middle shortened, together with the answer, for "
        "{answers} days: so that the buttons work and helpers can correct me. The file itself is thrown away at once.\n"
        "- What you write in a post that I answer by myself: masked and shortened in the same way, as long as I follow "
        "the post, {answers} days after its last change at most.\n"
        "- “Solved / not solved” and corrections by helpers: {feedback} days.\n"
        "- Errors I do not know: the bare wording of the error, without paths and numbers, {unknown} days. Those who "
        "write my knowledge see a log only when its author presses “Share”.\n"
        "- Solved posts, only where the moderators of a server want that: what it was, digests of the words and of the "
        "decisive line (no text), loader and system, who asked, and the link, {solved} days. What helpers write for my "
        "knowledge about an unknown error: {unknown} days. Figures of help posts (when asked, answered, solved): "
        "{feedback} days.\n"
        "- Your computer, only if you ask me to remember it: {feedback} days after you last told me.\n"
        "- Nothing is sold or passed on, and nothing trains a model.",
        "- 日志只保存打过码、缩短后的版本，和回答一起保留 {answers} 天：这样按钮才能用，答疑者也能纠正我。"
        "原文件读完就丢弃。\n"
        "- 我自动回答的帖子里你写的内容：同样打码、缩短，只在跟进帖子期间保留，最后一次变动后最多 {answers} 天。\n"
        "- “解决 / 没解决”和答疑者的更正：{feedback} 天。\n"
        "- 我不认识的报错：只留去掉路径和数字的报错文字，{unknown} 天。只有作者点了“分享”，写知识的人才看得到日志。\n"
        "- 解决过的帖子，只在服务器的版主同意后才记：是什么问题、词语和关键报错行的摘要值（不存文字）、加载器和系统、"
        "提问者和链接，{solved} 天。答疑者给知识库写的未知报错说明：{unknown} 天。求助帖的时间统计"
        "（何时提问、回答、解决）：{feedback} 天。\n"
        "- 你的电脑配置，只在你让我记住时才存，最后一次告诉我后 {feedback} 天。\n"
        "- 不出售、不转交，也不用来训练模型。",
    ),
    privacy_short=(
        "- Logs and posts I answer: secrets masked, shortened, {answers} days. The file itself goes at once.\n"
        "- “Solved / not solved”, and your computer if you ask for it: {feedback} days.\n"
        "- Errors I do not know: the wording of the error alone, {unknown} days.\n"
        "- Solved posts, only where moderators want it: link and facts, no text, {solved} days.\n"
        "- Nothing is sold or passed on, and nothing trains a model.",
        "- 日志和我回答的帖子：密钥打码、缩短，保留 {answers} 天。原文件读完就丢弃。\n"
        "- “解决 / 没解决”，还有你让我记住的电脑配置：{feedback} 天。\n"
        "- 我不认识的报错：只留报错那句话，{unknown} 天。\n"
        "- 解决过的帖子，版主同意才记：只有链接和配置，不存文字，{solved} 天。\n"
        "- 不出售、不转交，也不用来训练模型。",
    ),
    privacy_all=("All details", "全部细节"),
    privacy_kept=("**Of you right now:** {kept}", "**现在有你的：**{kept}"),
    kept_none=("nothing", "没有任何记录"),
    kept_answers=("answers: {number}", "{number} 条回答"),
    kept_requests=("help requests: {number}", "{number} 个求助"),
    kept_feedback=("opinions: {number}", "{number} 条反馈"),
    kept_corrections=("corrections: {number}", "{number} 条更正"),
    kept_unknown=("unknown errors: {number}", "{number} 条未知报错"),
    kept_solved=("solved posts: {number}", "{number} 个解决过的帖子"),
    kept_solutions=("solutions written: {number}", "{number} 条写下的解决办法"),
    kept_figures=("times of help posts: {number}", "{number} 条求助时间"),
    kept_machines=("your computer", "你的电脑配置"),
    privacy_delete=("Delete mine", "删除我的数据"),
    privacy_deleted=(
        "Deleted: {number} records. Nothing of you is left.",
        "已删除 {number} 条记录，你的数据都没有了。",
    ),
    about_title=("Wenzhen 问诊", "问诊 Wenzhen"),
    about_text=(
        "I help people who run language models at home: I read logs and name the cause, count whether a model fits, "
        "and ask for what a question lacks.\n"
        "- `/diagnose` a log, or right-click a message → Apps → “Diagnose this message”\n"
        "- `/canirun`, `/layers` and `/recommend` for memory, `/explain` for names\n"
        "- `/faq` `/term` `/loader` for questions, `/similar` for what was solved here before\n"
        "- `/collect`: a script that gathers what helpers ask for\n"
        "-# Version {version} · knowledge {knowledge} · discord.py {library}",
        "我帮大家在自己的电脑上跑语言模型：看日志找原因，算模型放不放得下，也会提醒提问缺了什么。\n"
        "- `/诊断` 日志，或右键消息 → APP → “诊断这条消息”\n"
        "- `/能跑吗` `/层数` `/推荐` 算内存，`/解读` 看名字，`/常见问题` `/术语` `/选加载器` 查其他\n"
        "- `/类似问题`：这里解决过的类似问题；`/收集信息`：一个脚本收齐求助要说的信息\n"
        "-# 版本 {version} · 知识 {knowledge} · discord.py {library}",
    ),
    reload_done=("Reloaded: {old} → {new}.", "已重新加载：{old} → {new}。"),
    reload_same=("Nothing has changed: {new}.", "没有变化：{new}。"),
    reload_broken=(
        "The new knowledge has faults, so I keep the old one ({old}):\n{faults}",
        "新的知识有错误，我继续用旧的（{old}）：\n{faults}",
    ),
    loader_title=("Which loader should I use?", "我该用哪个加载器？"),
    loader_again=("Start again", "重新选择"),
    words_none=("I know no special word in this message.", "这条消息里没有我能解释的术语。"),
)
