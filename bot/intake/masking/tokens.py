"""Tokens that are known by their form: by how they begin, or by nothing but their randomness.

Sources of the forms: the providers' documentation of their keys, and GitHub's list of supported secret scanning
patterns (docs.github.com).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.base.late import late
from bot.intake.masking.rule import Haystack, Kind, has_digit, is_no_word, looks_random

_TAIL = "A-Za-z0-9"
_URL = "A-Za-z0-9_-"
SHORTEST_TOKEN = 20  # characters of a whole token
_LONGEST = 300  # characters of a token; longer runs of base 64 are pictures and the like


@dataclass(frozen=True, slots=True)
class Token:
    """Begins with one of `starts`, goes on as `tail`. `sure`: whatever stands before it, no word looks so; else a
    letter or digit before it ("task-...") makes it a part of another word unless it looks random. `of_words`: names of
    models, packages and options may begin so too, and their words tell them apart.
    """

    kind: Kind
    starts: tuple[str, ...]
    tail: re.Pattern[str]
    sure: bool = True
    of_words: bool = True

    def end(self, text: str, start: int, tail: int) -> int | None:
        """Where the token ends that begins here; None where it is none."""
        found = self.tail.match(text, tail)
        if found is None or not (is_no_word(found[0]) or _LONGER_THAN_WORDS.search(found[0])):
            return None
        if self.of_words and _is_of_words(found[0]):
            return None
        front = text[start - 1 : start] if start else ""
        alone = self.sure or not (front.isascii() and front.isalnum()) or looks_random(found[0], 0.3, 8)
        return found.end() if alone else None


def _is_of_words(tail: str) -> bool:
    return ("_" in tail or "-" in tail) and not looks_random(tail, 0.15, 4)


def _token(kind: Kind, starts: str, tail: str, *, sure: bool = True, of_words: bool = True) -> Token:
    return Token(kind, tuple(starts.lower().split()), late(tail), sure, of_words)


_LONGER_THAN_WORDS = late(r"[a-z0-9]{36}")


TOKENS = (
    _token("hugging-face-token", "hf_ api_org_", rf"[{_TAIL}]{{16,64}}"),
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", rf"[{_TAIL}]{{20,80}}"),
    _token("github-token", "github_pat_", rf"[{_TAIL}_]{{20,120}}", of_words=False),
    _token("github-token", "glpat- gldt- glrt- glptt- glcbt- glsoat- glft-", rf"[{_URL}]{{16,60}}", of_words=False),
    _token("openai-key", "sk- pk- rk-", rf"[{_URL}]{{16,220}}", sure=False),
    _token("cloud-key", "sk_live_ rk_live_ sk_test_ rk_test_ whsec_", rf"[{_TAIL}]{{16,120}}"),
    _token("cloud-key", "akia asia", rf"[0-9A-Z]{{16}}(?![{_TAIL}])"),
    _token("cloud-key", "ltai", rf"[{_TAIL}]{{16,24}}(?![{_TAIL}])"),
    _token("cloud-key", "akid", rf"[{_TAIL}]{{28,40}}(?![{_TAIL}])"),
    _token("cloud-key", "aklt", rf"[{_TAIL}]{{40,48}}={{0,2}}"),
    _token("cloud-key", "aiza", rf"[{_URL}]{{35}}", of_words=False),
    _token("cloud-key", "gocspx-", rf"[{_URL}]{{20,40}}", of_words=False),
    _token("cloud-key", "xoxa- xoxb- xoxp- xoxr- xoxs- xoxe- xapp-", r"[0-9A-Za-z-]{10,200}", of_words=False),
    _token("cloud-key", "sq0atp- sq0csp- sq0idp- figd_ hrku- atctt3 atbb", rf"[{_URL}]{{22,200}}", of_words=False),
    _token("cloud-key", "fo1_ fm1_ fm1r_ fm2_", rf"[{_TAIL}+/=,_-]{{40,2000}}", of_words=False),
    # A few letters and a digest
    _token("cloud-key", "sk_ pul- e2b_ shpss_ shpca_ shppa_ phx_ phc_ sgp_", r"[0-9A-Za-z]{32,64}", sure=False),
    _token("cloud-key", "key- fc- comfyui- xkeysib- tr-", r"[0-9a-f]{32,64}(?:-[0-9A-Za-z]{16})?", sure=False),
    _token("cloud-key", "cpk_ secret_", rf"[{_TAIL}]{{24,120}}(?:\.[{_TAIL}]{{24,64}}){{0,2}}"),
    _token("cloud-key", "ak- as- pa- re_", rf"[{_URL}]{{22,43}}(?![{_URL}])", sure=False),
    _token("cloud-key", "gsk_ r8_ rpa_ fw_ jina_ npm_ ntn_ pcsk_ shpat_ lin_api_", rf"[{_TAIL}]{{24,120}}"),
    _token("cloud-key", "rubygems_ sbp_ dop_v1_ doo_v1_ nfp_ apify_api_ wandb_v1_ kgat_ rnd_", rf"[{_TAIL}]{{24,120}}"),
    _token("cloud-key", "nvapi- xai- pplx- tvly- csk- tgp_v1_ dckr_pat_", rf"[{_URL}]{{20,160}}"),
    _token("cloud-key", "glsa_ glc_ sntrys_ pmak- nrak- ops_ atatt3 dapi", rf"[{_URL}]{{24,300}}"),
    _token("cloud-key", "lsv2_pt_ lsv2_sk_", r"[0-9a-f_]{32,60}"),
    _token("cloud-key", "pypi-ag", rf"[{_URL}]{{50,300}}"),
    _token("cloud-key", "tskey-", rf"[{_TAIL}-]{{20,100}}"),
    _token("cloud-key", "age-secret-key-1", r"[0-9A-Z]{40,70}"),
    _token("cloud-key", "altak-", rf"[{_TAIL}]{{16,40}}(?:/[0-9a-f]{{40}})?"),
    _token("cloud-key", "ms-", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", sure=False),
    _token("cloud-key", "eyj", rf"[{_URL}]{{10,2000}}(?:\.[{_URL}]{{8,4000}}){{1,4}}|[{_URL}]{{60,2000}}={{0,2}}"),
)


def _trie(words: list[str]) -> str:
    """A pattern for any of these words that looks at every character once."""
    branches: dict[str, list[str]] = {}
    for word in words:
        branches.setdefault(word[:1], []).append(word[1:])
    ends = branches.pop("", None) is not None
    inner = "|".join(re.escape(letter) + _trie(rests) for letter, rests in branches.items())
    return f"(?:{inner}){'?' if ends else ''}" if inner else ""


_OF_START = {start: token for token in TOKENS for start in token.starts}
_STARTS = late(_trie(list(_OF_START)))

# Forms without a beginning of their own, tried where a long word begins.
_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("discord-token", late(rf"[MNO][{_URL}]{{22,27}}\.[{_URL}]{{6}}\.[{_URL}]{{27,40}}")),
    ("cloud-key", late(rf"[0-9a-f]{{32}}\.[{_TAIL}]{{16,24}}(?![{_TAIL}])")),  # Zhipu, ollama: id.secret
    ("cloud-key", late(rf"pat[{_TAIL}]{{14}}\.[0-9a-f]{{64}}")),  # Airtable
    ("cloud-key", late(rf"(?<![{_TAIL}])SK[0-9a-f]{{32}}(?![{_TAIL}])")),  # Twilio
    ("cloud-key", late(r"(?<=v1\.)0-[0-9a-f]{24}-[0-9a-f]{100,160}")),  # Cloudflare
    (
        "cloud-key",
        late(rf"(?<=dp\.[a-z][a-z]\.)[{_TAIL}]{{40,44}}|(?<=sl\.)[{_URL}]{{60,200}}"),
    ),  # Doppler, Dropbox
    ("cloud-key", late(rf"2[{_TAIL}]{{24,28}}_[{_TAIL}]{{18,24}}(?![{_TAIL}])")),  # ngrok
    ("cloud-key", late(rf"(?<=SG\.)[{_URL}]{{22}}\.[{_URL}]{{43}}")),  # SendGrid
    ("cloud-key", late(rf"(?<=ya29\.)[{_URL}]{{30,300}}|(?<=hvs\.)[{_URL}]{{24,160}}")),  # Google, Vault
    ("cloud-key", late(rf"(?<=\d:)AA[{_URL}]{{30,40}}")),  # Telegram
    ("discord-token", late(rf"mfa\.[{_URL}]{{60,120}}")),
)

Find = tuple[int, int, Kind]


def token_finds(hay: Haystack) -> Iterator[Find]:
    """Tokens among the long words of a text."""
    plain: set[str] = set()  # words that were seen to be no token; logs say the same again and again
    for start, end in hay.runs:
        around = hay.text[max(0, start - 1) : end + 1]
        if around in plain:
            continue
        finds = list(_in_run(hay, start, end))
        if finds:
            yield from finds
        else:
            plain.add(around)


def _in_run(hay: Haystack, start: int, end: int) -> Iterator[Find]:
    word = hay.text[start:end]
    if not (is_no_word(word) or _LONGER_THAN_WORDS.search(word)):
        return
    known = start
    for found in _STARTS.finditer(hay.lowered, start, end):
        token = _OF_START[found[0]]
        until = token.end(hay.text, found.start(), found.end()) if found.start() >= known else None
        if until is not None:
            yield found.start(), until, token.kind
            known = until
    if known > start:
        return
    for kind, form in _FORMS:
        match = form.search(hay.text, start, end + _LONGEST)
        if match and match.start() < end and has_digit(match[0]):
            yield match.start(), match.end(), kind
            return
    if _is_secret(hay.text, start, end):
        yield start, end, "secret"


def may_begin(word: str) -> bool:
    """Whether a token begins in the last word of a line and may go on in the next."""
    if _STARTS.search(word.lower()) is not None:
        return True
    return len(word) >= SHORTEST_HALF and looks_random(word) and _DIGEST.fullmatch(word) is None


# The last net: what looks random enough

SHORTEST_SECRET = 28
SHORTEST_HALF = 12
_DIGEST = late(r"[0-9a-f]{32,128}")  # a whole one: what begins the next line is no more of it
_NO_SECRETS = late(r"(?i)sha\d{1,3}[-_]|_*Z[A-Z]*\d|md5|GPU-|pkg-|AAAA[BCE]3")
_BEFORE_LINKS = ("/d/", "/folders/", "SHA256:", "sha256:", "sha512-", "integrity=")


def _is_secret(text: str, start: int, end: int) -> bool:
    if not SHORTEST_SECRET <= end - start <= _LONGEST or not _is_random(text[start:end]):
        return False
    before = text[max(0, start - 160) : start]
    if before.endswith(_BEFORE_LINKS) or _NO_SECRETS.match(text, start):
        return False
    after = text[end : end + 160]
    around = len(before) - len(before.rstrip(_CHARACTERS)) + len(after) - len(after.lstrip(_CHARACTERS))
    return around < 160


_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-"


def _is_random(word: str) -> bool:
    """Small and large letters and digits that change as often as chance makes them."""
    counts = [sum(map(test, word)) for test in (str.islower, str.isupper, str.isdigit)]
    return min(counts) >= 3 and looks_random(word, 0.34)
