"""Which of the old encodings a text is in. They all decode nearly anything, so what they give is looked at.

What makes a decoding likely: of its letters beyond ASCII, how many are among those that the language really uses. The
commonest 150 characters make up 45 % of ordinary Chinese (Jun Da, Modern Chinese Character Frequency List, 2004).
"""

from bot.base.late import late

_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现"
    "当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重"
    "错误无法请安装失败找到文件模型加载内存显存运行启动版本参数设置目录路径命令程序系统连接超时警告缺少库载入"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現"
    "當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重"
    "錯誤無法請安裝失敗找到文件檔案模型載入記憶體執行啟動版本參數設定目錄路徑命令程式系統連線逾時警告缺少"
)
_JAPANESE = late("[ぁ-んァ-ヶー]")
_CYRILLIC = late("(?<=[А-яЁё])[а-яё]|[А-ЯЁа-яё](?=[а-яё])")  # in words; what looks so alone is an accent
_WESTERN = late("[àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßÄÖÜÉÈÀÇÑ¿¡]")
_CYRILLIC_SHARE, _WESTERN_SHARE = 0.7, 0.8
# Greek vowels with an accent, which no word lacks, are capitals of Cyrillic in the midst of a word.
_GREEK_AS_CYRILLIC = late("[а-яё][ЬЭЮЯ]")
_GREEK_SHARE = 0.03
_LIKELY = 0.18  # of the letters beyond ASCII that must be usual ones
_SAMPLE = 64 * 1024  # bytes
_CUT = 4  # bytes of a character that the sample may have cut


def decoded(content: bytes) -> str:
    """The text of bytes that are no Unicode."""
    share, encoding = max((_share(content, encoding), encoding) for encoding in ("gb18030", "big5", "shift_jis"))
    if share >= _LIKELY:
        return content.decode(encoding, "replace")
    if _share(content, "cp1251") > _CYRILLIC_SHARE:
        return content.decode("cp1253" if _is_greek(content) else "cp1251", "replace")
    if _share(content, "cp1252") > _WESTERN_SHARE:
        return content.decode("cp1252", "replace")
    from charset_normalizer import from_bytes  # only for what is in none of these

    found = from_bytes(content[: 4 * _SAMPLE]).best()
    return content.decode(found.encoding if found else "cp1252", "replace")


def _share(content: bytes, encoding: str) -> float:
    """Of the letters beyond ASCII in a decoding, the part that is usual in its language; 0 where it does not decode."""
    try:
        text = content[:_SAMPLE].decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < min(len(content), _SAMPLE) - _CUT:
            return 0.0
        text = content[: error.start].decode(encoding)
    letters = [character for character in text if character >= "\x80" and character.isalpha()]
    if not letters:
        return 0.0
    return _usual(letters, text, encoding) / len(letters)


def _is_greek(content: bytes) -> bool:
    text = content[:_SAMPLE].decode("cp1251", "replace")
    letters = sum("А" <= letter <= "я" for letter in text)
    return len(_GREEK_AS_CYRILLIC.findall(text)) > letters * _GREEK_SHARE


def _usual(letters: list[str], text: str, encoding: str) -> int:
    if encoding == "shift_jis":
        return len(_JAPANESE.findall(text))
    if encoding == "cp1251":
        return len(_CYRILLIC.findall(text))
    if encoding == "cp1252":
        return len(_WESTERN.findall(text))
    known = frozenset(_SIMPLIFIED if encoding == "gb18030" else _TRADITIONAL)
    return sum(letter in known for letter in letters)
