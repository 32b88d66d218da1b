import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.redaction import has_secrets, redact, redact_lines

TOKEN = "a1B2c3D4" * 5

SECRETS = [
    (f"HF_TOKEN=hf_{TOKEN}", f"hf_{TOKEN}", "hugging-face-token"),
    (f"export OPENAI_API_KEY=sk-proj-{TOKEN}", f"sk-proj-{TOKEN}", "openai-key"),
    (f"remote: https://ghp_{TOKEN}@github.com/x/y", f"ghp_{TOKEN}", "github-token"),
    (f"github_pat_11AAAA_{TOKEN}", TOKEN, "github-token"),
    ("token MTA1NjM4NzY1NDMyMTA5ODc2NQ.GzAbCd.abcdefghijklmnopqrstuvwxyz012345678901", "GzAbCd", "discord-token"),
    ("https://discord.com/api/webhooks/123456789/abcdefghijklmnopqrstuvwxyz", "abcdefghij", "discord-webhook"),
    ("Authorization: Bearer 0f9e8d7c6b5a49382716", "0f9e8d7c6b5a", "authorization"),
    ("Your API key is: 8f3c2d9a0b1e4c5d8f3c2d9a0b1e4c5d", "8f3c2d9a", "api-key"),
    ("admin_key: 77aa88bb99cc00dd", "77aa88bb", "api-key"),
    ('curl -H "x-api-key: 77aa88bb99cc00dd"', "77aa88bb", "api-key"),
    ("vllm serve m --api-key s3cr3tvalue", "s3cr3tvalue", "api-key"),
    ("curl -u admin:Wd-7712-q http://127.0.0.1:8080/v1", "Wd-7712-q", "password"),
    ("curl --user 'admin:Wd-7712-q' http://127.0.0.1:8080", "Wd-7712-q", "password"),
    ("JSESSIONID=5F80135F3B92C07423FB388DFA93EE34; Path=/", "5F80135F3B92", "api-key"),
    ("curl -b 'sessionid=4ziyacd5cw1hq65d4gjt7fb5w0ad4jba'", "4ziyacd5cw", "api-key"),
    ("邮箱的授权码：1ustbtrwfmb564hv", "1ustbtrwfmb564hv", "api-key"),
    ("http_proxy=http://me:hunter22@proxy.corp:8080", "hunter22", "password"),
    ("密码：correcthorse99", "correcthorse99", "password"),
    ("write to jane.doe@example.org please", "jane.doe@", "email"),
    ("connect to 93.184.216.34:5000 failed", "93.184.216.34", "ip-address"),
    ("tcp 2606:4700:4700::1111 refused", "4700::1111", "ip-address"),
    (r'File "C:\Users\Jane Doe\kobold\a.gguf"', "Jane Doe", "user-name"),
    (r"D:\\Users\\jdoe\\x", "jdoe", "user-name"),
    ("/mnt/c/Users/小明/models", "小明", "user-name"),
    ("/Users/jdoe/Library", "jdoe", "user-name"),
    ("/home/jdoe/.cache/huggingface", "jdoe", "user-name"),
    ("jdoe@archbox:~/tabbyAPI$ python start.py", "jdoe", "user-name"),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7v\nabc\n-----END RSA PRIVATE KEY-----",
        "MIIEow",
        "private-key",
    ),
]

HARMLESS = [
    "Welcome to KoboldCpp - Version 1.76.0.1",
    "koboldcpp 1.76.0.1 loaded",
    "NVIDIA driver 31.0.15.5161",
    "nvidia-cublas-cu12==12.4.5.8",
    "Please connect to http://127.0.0.1:5001/api",
    "listening on 0.0.0.0:8080 and 192.168.1.20, 10.0.0.4, 172.17.0.1",
    "API key is missing or invalid",
    "OPENAI_API_KEY is not set",
    "api_key: null",
    "export HF_TOKEN=your_token_here",
    "/home/user/x C:\\Users\\Public\\y /Users/Shared",
    "tokenizer_config.json, token count: 4096",
    "git@github.com:owner/repo.git",
    "Elapsed 12:34:56, ratio 1:2:3",
    "eval time = 123.45 ms / 12 tokens (10.29 ms per token)",
    "max_tokens: 2048, key_length: 128",
    "sk-no-key-required",
    "docker run --user 1000:1000 -u root:docker image",
    "python -u server.py --port 5000",
    "sessionid missing, sessionid=None",
    "授权码错误",
]


@pytest.mark.parametrize(("text", "secret", "kind"), SECRETS)
def test_secret_is_masked(text: str, secret: str, kind: str) -> None:
    redacted = redact(text)
    assert secret not in redacted.text
    assert kind in redacted.kinds


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert redact(text).text == text


def test_only_keys_call_for_replacement() -> None:
    assert has_secrets(redact(f"hf_{TOKEN}").kinds)
    assert not has_secrets(redact("/home/jdoe/x").kinds)


@given(st.text())
def test_line_numbers_survive(text: str) -> None:
    assert redact(text).text.count("\n") == text.count("\n")


@given(st.text())
def test_masked_text_is_masked_already(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


def test_lines_are_masked_one_by_one() -> None:
    assert redact_lines(["/home/jdoe/a", "ok"]) == ["/home/<user>/a", "ok"]
    assert redact_lines([r"C:\Users\张伟\a"]) == [r"C:\Users\<用户>\a"]  # that it is not Latin may be the cause


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece", ["sk-", "a-", "key=", "/home/", "1.", "a@", "eyJ.", "http://a:", "-----BEGIN PRIVATE KEY"]
)
def test_a_long_line_of_beginnings_does_not_hang(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert redact(redact(text).text).text == redact(text).text


def test_number_of_a_request_at_the_end_of_a_line_is_no_key() -> None:
    log = "INFO: Received chat completion request 4f7c2d9a8b1e4f0c9a7d6e5f4c3b2a19\nERROR: FATAL ERROR with generation."
    assert redact(log).kinds == ()


def test_a_whole_digest_does_not_run_on_into_the_next_line() -> None:
    text = f"hf-to-gguf:chkhsh:  {'d4540891389ea895b53b399da6ac824b' * 2}\nNotImplementedError: BPE pre-tokenizer"
    assert redact(text).text == text
