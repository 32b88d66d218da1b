"""Names and descriptions of commands in Chinese, as Discord's own menus show them. English is the source."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

# English -> (zh-CN, zh-TW)
NAMES: dict[str, tuple[str, str]] = {
    "diagnose": ("诊断", "診斷"),
    "canirun": ("能跑吗", "能跑嗎"),
    "layers": ("层数", "層數"),
    "explain": ("解读", "解讀"),
    "faq": ("常见问题", "常見問題"),
    "term": ("术语", "術語"),
    "loader": ("选加载器", "選載入器"),
    "template": ("提问模板", "提問範本"),
    "setup": ("设置", "設定"),
    "stats": ("统计", "統計"),
    "unknown": ("未知报错", "未知報錯"),
    "similar": ("类似问题", "類似問題"),
    "recommend": ("推荐", "推薦"),
    "machine": ("我的电脑", "我的電腦"),
    "use": ("用途", "用途"),
    "system": ("系统", "系統"),
    "windows": ("Windows", "Windows"),
    "linux": ("Linux", "Linux"),
    "macos": ("macOS", "macOS"),
    "for chat": ("聊天", "聊天"),
    "for roleplay": ("角色扮演", "角色扮演"),
    "for coding": ("写代码", "寫程式"),
    "for pictures": ("看图", "看圖"),
    "for small": ("小巧", "小巧"),
    "answers": ("本服问答", "本服問答"),
    "to": ("发给", "發給"),
    "open": ("待答", "待答"),
    "words": ("描述", "描述"),
    "This solved it": ("这条解决了问题", "這則解決了問題"),
    "collect": ("收集信息", "收集資訊"),
    "privacy": ("隐私", "隱私"),
    "about": ("关于", "關於"),
    "reload": ("重新加载", "重新載入"),
    "Diagnose this message": ("诊断这条消息", "診斷這則訊息"),
    "Judge this diagnosis": ("判断这条诊断", "判斷這則診斷"),
    "Ask for missing info": ("询问缺少的信息", "詢問缺少的資訊"),
    "Explain words in this message": ("解释这条消息里的词", "解釋這則訊息裡的詞"),
    "log": ("日志", "日誌"),
    "file": ("文件", "檔案"),
    "private": ("仅自己可见", "僅自己可見"),
    "model": ("模型", "模型"),
    "vram": ("显存", "顯示記憶體"),
    "ram": ("内存", "記憶體"),
    "context": ("上下文", "上下文"),
    "engine": ("加载器", "載入器"),
    "options": ("参数", "參數"),
    "name": ("名字", "名稱"),
    "question": ("问题", "問題"),
    "word": ("词", "詞"),
}
SENTENCES: dict[str, tuple[str, str]] = {
    "What was solved here before that is like this": ("这里解决过的类似问题", "這裡解決過的類似問題"),
    "The error or what goes wrong; leave empty in your post": (
        "报错或遇到的问题；在自己的帖子里可以不填",
        "錯誤或遇到的問題；在自己的貼文裡可以不填",
    ),
    "Own answers of this server: add, change, remove": (
        "本服务器自己的问答：添加、修改、删除",
        "本伺服器自己的問答：新增、修改、刪除",
    ),
    "Helpers: the person to tell it to": ("答疑者用：发给谁", "答疑者用：發給誰"),
    "A script that gathers what helpers ask for on your computer": (
        "一个脚本，在你电脑上把求助要说的信息一次收齐",
        "一個腳本，在你的電腦上把求助要說的資訊一次收齊",
    ),
    "Posts that wait for a helper": ("还没人帮忙的帖子", "還沒人幫忙的貼文"),
    "Find out what a log or error means and what to do": (
        "看懂日志或报错，告诉你怎么办",
        "看懂日誌或錯誤訊息，告訴你怎麼辦",
    ),
    "The log or error text; leave empty for a form": (
        "日志或报错文字；不填会弹出表单",
        "日誌或錯誤文字；不填會跳出表單",
    ),
    "A log as text or archive, or a screenshot": ("日志文件、压缩包或截图", "日誌檔、壓縮檔或截圖"),
    "Show the answer to you alone": ("只让你自己看到回答", "只讓你自己看到回答"),
    "The program that wrote it, if you know": ("是哪个加载器（选填）", "是哪個載入器（選填）"),
    "Will this model run on my computer?": ("这个模型我的电脑能跑吗？", "這個模型我的電腦能跑嗎？"),
    "Name of the model, with its quantization if you like": ("模型名，可以带量化", "模型名稱，可以帶量化"),
    "VRAM or card: 12, 24GB, 2x24, RTX 3060": (
        "显存或显卡：12、24GB、2x24、RTX 3060",
        "顯示記憶體或顯示卡：12、24GB、2x24、RTX 3060",
    ),
    "The program to run it in, if you have chosen one": ("用哪个加载器（选填）", "用哪個載入器（選填）"),
    "vLLM, SGLang, ExLlama: its options, e.g. --max-num-seqs 8 --kv-cache-dtype fp8": (
        "vLLM、SGLang、ExLlama 的参数，如 --max-num-seqs 8 --kv-cache-dtype fp8",
        "vLLM、SGLang、ExLlama 的參數，如 --max-num-seqs 8 --kv-cache-dtype fp8",
    ),
    "VRAM or card: 12, 24GB, 2x24, RTX 3060; empty takes what /machine remembers": (
        "显存或显卡：12、24GB、2x24、RTX 3060；不填就用“我的电脑”里记住的",
        "顯示記憶體或顯示卡：12、24GB、2x24、RTX 3060；不填就用「我的電腦」裡記住的",
    ),
    "RAM: 32, 64GB; empty takes what /machine remembers": (
        "内存：32、64GB；不填就用“我的电脑”里记住的",
        "記憶體：32、64GB；不填就用「我的電腦」裡記住的",
    ),
    "The operating system": ("操作系统", "作業系統"),
    "What for": ("用来做什么", "用來做什麼"),
    "What runs on my computer?": ("我的电脑能跑什么模型？", "我的電腦能跑什麼模型？"),
    "Remember my computer, so that I need not type it again": (
        "记住我的电脑，以后不用再填",
        "記住我的電腦，以後不用再填",
    ),
    "RAM: 32, 64GB": ("内存：32、64GB", "記憶體：32、64GB"),
    "Context length in tokens": ("上下文长度（token）", "上下文長度（token）"),
    "How many GPU layers fit my card?": ("显卡能放下多少层？", "顯示卡能放下多少層？"),
    "What a model's name, file name or link says": (
        "看懂模型名、文件名或链接",
        "看懂模型名稱、檔案名稱或連結",
    ),
    "Name, file name or link": ("名字、文件名或链接", "名稱、檔案名稱或連結"),
    "Frequent questions and their answers": ("常见问题与解答", "常見問題與解答"),
    "Your question": ("你的问题", "你的問題"),
    "What a word or setting means": ("某个词或设置是什么意思", "某個詞或設定是什麼意思"),
    "Word or setting": ("词或设置", "詞或設定"),
    "Which loader should I use?": ("我该用哪个加载器？", "我該用哪個載入器？"),
    "A form for a good question": ("用表单写一个好问题", "用表單寫一個好問題"),
    "Settings of this server": ("本服务器的设置", "本伺服器的設定"),
    "How I am doing on this server": ("我在本服务器的表现", "我在本伺服器的表現"),
    "Errors I do not know yet": ("我还不认识的报错", "我還不認識的錯誤"),
    "What I keep of you, and delete it": ("我保存了你的什么，以及删除", "我保存了你的什麼，以及刪除"),
    "What I am and what I can do": ("我是谁，能做什么", "我是誰，能做什麼"),
    "Load changed knowledge (owner)": ("重新加载知识（主人）", "重新載入知識（主人）"),
}


class Chinese(app_commands.Translator):
    """Simplified and traditional Chinese; every other language sees English."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: TranslationContextTypes,  # noqa: ARG002 - discord.py's signature
    ) -> str | None:
        found = NAMES.get(string.message) or SENTENCES.get(string.message)
        if found is None:
            return None
        if locale is discord.Locale.chinese:
            return found[0]
        return found[1] if locale is discord.Locale.taiwan_chinese else None
