"""Made-up secrets of every kind people paste, each in several writings, and clean text that resembles them.

Everything is made by a generator with a seed: no real secret stands here, and a new seed gives a fresh set.
"""

import base64
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

_LETTERS = string.ascii_letters + string.digits
_SMALL = string.ascii_lowercase + string.digits
_LARGE = string.ascii_uppercase + string.digits
_HEX = "0123456789abcdef"
_URL = _LETTERS + "-_"
_BASE = _LETTERS + "+/"
_NAMES = "weiming lijing jdoe-work mkowalski zhaoqiang42 a.silva hannah_b satoshi3 rpatel yusuf.k".split()
_PASSWORDS = ("Tr0ub4dor&3", "qwerty-9981", "zhang1990!", "S3rver#Room", "p4ssw0rd.xyz", "MyDog2Rex", "hunter2hunter")


@dataclass(frozen=True, slots=True)
class Planted:
    """A text, the secret in it, and of which kind it is."""

    kind: str
    text: str
    secret: str


def some(rng: Random, alphabet: str, length: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


def _uuid(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _b64(rng: Random, length: int) -> str:
    return base64.b64encode(rng.randbytes(length)).decode()


def _jwt(rng: Random) -> str:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    head, body = part('{"alg":"HS256","typ":"JWT"}'), part('{"sub":"' + some(rng, _SMALL, 12) + '"}')
    return f"{head}.{body}.{some(rng, _URL, 43)}"


def _identity_card(rng: Random) -> str:
    """A Chinese identity number with its check digit (GB 11643-1999)."""
    body = f"11010519{rng.randint(60, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(100, 999)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _mac(rng: Random) -> str:
    return ":".join(some(rng, _HEX, 2) for _ in range(6))


def _address(rng: Random) -> str:
    return (
        f"{rng.choice((47, 93, 113, 203, 218))}.{rng.randint(100, 250)}.{rng.randint(10, 250)}.{rng.randint(10, 250)}"
    )


def _ipv6(rng: Random) -> str:
    return "2408:8256:" + ":".join(f"{rng.randint(256, 65535):x}" for _ in range(6))


def _armoured(title: str, header: str = "") -> Callable[[Random], str]:
    def make(rng: Random) -> str:
        body = "\n".join(some(rng, _BASE, 64) for _ in range(4))
        return f"-----BEGIN {title}-----\n{header}{body}\n-----END {title}-----"

    return make


# Tokens that are known by their form: written in many ways.
TOKENS: dict[str, Callable[[Random], str]] = {
    "hugging face": lambda r: "hf_" + some(r, _LETTERS, 34),
    "hugging face organisation": lambda r: "api_org_" + some(r, _LETTERS, 34),
    "openai": lambda r: "sk-" + some(r, _LETTERS, 48),
    "openai project": lambda r: "sk-proj-" + some(r, _URL, 120),
    "anthropic": lambda r: "sk-ant-api03-" + some(r, _URL, 93) + "AA",
    "openrouter": lambda r: "sk-or-v1-" + some(r, _HEX, 64),
    "deepseek": lambda r: "sk-" + some(r, _HEX, 32),
    "groq": lambda r: "gsk_" + some(r, _LETTERS, 52),
    "xai": lambda r: "xai-" + some(r, _LETTERS, 80),
    "google": lambda r: "AIza" + some(r, _URL, 35),
    "google oauth": lambda r: "ya29." + some(r, _URL, 120),
    "google client": lambda r: "GOCSPX-" + some(r, _URL, 28),
    "replicate": lambda r: "r8_" + some(r, _LETTERS, 37),
    "perplexity": lambda r: "pplx-" + some(r, _LETTERS, 48),
    "nvidia": lambda r: "nvapi-" + some(r, _URL, 64),
    "tavily": lambda r: "tvly-" + some(r, _LETTERS, 32),
    "jina": lambda r: "jina_" + some(r, _LETTERS, 60),
    "langsmith": lambda r: f"lsv2_pt_{some(r, _HEX, 32)}_{some(r, _HEX, 10)}",
    "github": lambda r: "ghp_" + some(r, _LETTERS, 36),
    "github fine-grained": lambda r: f"github_pat_{some(r, _LETTERS, 22)}_{some(r, _LETTERS, 59)}",
    "gitlab": lambda r: "glpat-" + some(r, _URL, 20),
    "npm": lambda r: "npm_" + some(r, _LETTERS, 36),
    "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + some(r, _URL, 150),
    "docker hub": lambda r: "dckr_pat_" + some(r, _URL, 27),
    "aws id": lambda r: "AKIA" + some(r, _LARGE, 16),
    "slack bot": lambda r: f"xoxb-{some(r, string.digits, 12)}-{some(r, string.digits, 12)}-{some(r, _LETTERS, 24)}",
    "telegram bot": lambda r: f"{r.randint(10**9, 10**10 - 1)}:AA{some(r, _URL, 33)}",
    "discord bot": lambda r: f"MT{some(r, _LETTERS, 24)}.G{some(r, _URL, 5)}.{some(r, _URL, 38)}",
    "jwt": _jwt,
    "zhipu": lambda r: f"{some(r, _HEX, 32)}.{some(r, _LETTERS, 16)}",
    "ngrok": lambda r: f"2{some(r, _LETTERS, 26)}_{some(r, _LETTERS, 21)}",
    "cloudflared": lambda r: "eyJhIjoi" + _b64(r, 120).replace("+", "x").replace("/", "y"),
    "stripe": lambda r: "sk_live_" + some(r, _LETTERS, 40),
    "sendgrid": lambda r: f"SG.{some(r, _URL, 22)}.{some(r, _URL, 43)}",
    "tailscale": lambda r: f"tskey-auth-k{some(r, _LETTERS, 11)}CNTRL-{some(r, _LETTERS, 32)}",
    "databricks": lambda r: "dapi" + some(r, _HEX, 32),
    "notion": lambda r: "ntn_" + some(r, _LETTERS, 46),
    "wandb": lambda r: f"wandb_v1_{some(r, _LETTERS, 60)}",
    "age": lambda r: "AGE-SECRET-KEY-1" + some(r, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "baidu": lambda r: f"bce-v3/ALTAK-{some(r, _LETTERS, 21)}/{some(r, _HEX, 40)}",
    "runpod": lambda r: "rpa_" + some(r, _LARGE, 40),
    "elevenlabs": lambda r: "sk_" + some(r, _HEX, 48),
    "siliconflow": lambda r: "sk-" + some(r, string.ascii_lowercase, 48),
    "cloudflare": lambda r: f"v1.0-{some(r, _HEX, 24)}-{some(r, _HEX, 146)}",
    "airtable": lambda r: f"pat{some(r, _LETTERS, 14)}.{some(r, _HEX, 64)}",
    "pulumi": lambda r: "pul-" + some(r, _HEX, 40),
    "mailgun": lambda r: "key-" + some(r, _HEX, 32),
    "twilio": lambda r: "SK" + some(r, _HEX, 32),
    "square": lambda r: "sq0atp-" + some(r, _URL, 22),
    "figma": lambda r: "figd_" + some(r, _URL, 40),
    "heroku": lambda r: "HRKU-" + some(r, _URL, 58),
    "firecrawl": lambda r: "fc-" + some(r, _HEX, 32),
    "e2b": lambda r: "e2b_" + some(r, _HEX, 40),
    "modal": lambda r: "ak-" + some(r, _LETTERS, 22),
    "chutes": lambda r: f"cpk_{some(r, _HEX, 32)}.{some(r, _HEX, 32)}.{some(r, _LETTERS, 32)}",
    "lambda": lambda r: f"secret_{some(r, _LETTERS, 30)}.{some(r, _LETTERS, 32)}",
    "volcengine id": lambda r: "AKLT" + some(r, _LETTERS, 43),
    "slack user": lambda r: f"xoxp-{'-'.join(some(r, string.digits, 12) for _ in '123')}-{some(r, _HEX, 32)}",
    "doppler": lambda r: "dp.pt." + some(r, _LETTERS, 43),
    "unknown provider": lambda r: some(r, _LETTERS, 44),
}
TOKEN_WRITINGS = (
    "using {}",
    "我的key是{}，帮我看看",
    "export MY_VAR={}",
    '{{"x": "{}", "n": 3}}',
    "\x1b[33m{}\x1b[0m loaded",
    "https://example.org/v1/{}?page=2",
)

# Values that only their name gives away.
_NAMED_VALUES: dict[str, tuple[Callable[[Random], str], tuple[str, ...]]] = {
    "password of a command": (
        lambda r: r.choice(_PASSWORDS),
        (
            "docker login -u me -p {}",
            "docker login ghcr.io --username me -p '{}'",
            "podman login -u me -p {} quay.io",
            "sshpass -p {} ssh me@10.0.0.2",
            "mysql -u root -p{} -h db",
            "mysqldump -uroot -p{} wiki > x.sql",
            "redis-cli -h x -a {}",
            "unzip -P {} x.zip",
            "7z x a.7z -p{}",
            "smbclient //nas/x -U me%{}",
            "htpasswd -b users me {}",
            "mongosh -u me -p {} db",
            "net use Z: \\\\nas\\models /user:me {}",
            "net use \\\\nas\\models {} /user:me",
            "echo {} | sudo -S apt update",
            "echo '{}' | sudo -S sh run.sh",
            "echo {} | docker login -u me --password-stdin",
            "sudo -S <<< {}",
            "rclone config create x --pass {}",
            "ConvertTo-SecureString '{}' -AsPlainText -Force",
            'ConvertTo-SecureString -String "{}" -AsPlainText',
        ),
    ),
    "name above the value": (
        lambda r: some(r, _LETTERS, 26),
        (
            "- name: HF_TOKEN\n  value: {}",
            '  - name: OPENAI_API_KEY\n    value: "{}"',
            "        - name: DB_PASSWORD\n          value: '{}'",
            '{{"name": "API_TOKEN", "value": "{}"}}',
        ),
    ),
    "wrapped password": (
        lambda r: r.choice(_PASSWORDS),
        (
            "SecretStr('{}')",
            'password=SecretStr("{}")',
            '\\\\\\"password\\\\\\": \\\\\\"{}\\\\\\"',
            '"body": "{{\\\\\\"passwd\\\\\\":\\\\\\"{}\\\\\\"}}"',
            "password: admin / {}",
            "user/pass: admin/{}",
            "pass: {}",
            "DB_PASS={}",
            "smtp_pass = '{}'",
            "password_admin={}",
            "DB_PASSWORD_2: {}",
            "pw: {}",
            "密碼：{}",
        ),
    ),
    "name that goes on": (
        lambda r: some(r, _LETTERS, 26),
        (
            "api_key_openai={}",
            "secret_key_base: {}",
            "API_KEY_2={}",
            "HF_TOKEN_READ={}",
            "apiKeyOpenai: '{}'",
            "client_secret_prod={}",
        ),
    ),
    "subscription": (
        lambda r: some(r, _HEX, 32),
        (
            "https://sub.example.org/s/{}",
            "订阅 https://x.example.net/link/{}?sub=3",
            "https://a.example.com/sub/{}",
            "https://a.example.com/api/v1/client/{}",
        ),
    ),
    "node of a proxy": (
        lambda r: _uuid(r),
        (
            "- {{name: hk, type: vmess, server: x, uuid: {}, alterId: 0}}",
            "type: vless\nserver: a\nuuid: {}",
            '"users": [{{"id": "{}", "encryption": "none"}}]',
        ),
    ),
    "phone abroad": (
        lambda r: r.choice(("+49 151 2345 6789", "+1 415-555-0132", "+33 6 12 34 56 78", "+7 (912) 345-67-89")),
        ("call {}", "WhatsApp: {}", "my number is {} thanks"),
    ),
    "address as a file": (
        lambda r: f"{some(r, string.ascii_lowercase, 7)}@example.com",
        ("saved as {}.bin", "{}.txt"),
    ),
    "database password": (
        lambda r: r.choice(_PASSWORDS),
        (
            "DB_PASSWORD={}",
            "MYSQL_ROOT_PASSWORD: {}",
            "  POSTGRES_PASSWORD: '{}'",
            '"password": "{}"',
            "db.password = {}",
            "PGPASSWORD={} psql -U app",
        ),
    ),
    "password option": (
        lambda r: r.choice(_PASSWORDS),
        (
            "./koboldcpp --adminpassword {} --admin",
            "koboldcpp --password {}",
            "sshpass -p x --passwd={}",
            "server --http-password={}",
        ),
    ),
    "password in words": (
        lambda r: r.choice(_PASSWORDS),
        (
            "密码是{}",
            "我的密码：{}，登不上去",
            "口令 {} 不对吗",
            "my password is {} and it fails",
            "login password: {}",
            "管理员密码为{}",
        ),
    ),
    "key in words": (
        lambda r: some(r, _SMALL, 24),
        (
            "密钥：{}",
            "密钥是 {}",
            "Your API key is: {}",
            "Your admin key is: {}",
            "令牌={}",
            "秘钥为：{}",
        ),
    ),
    "aws secret": (
        lambda r: some(r, _BASE, 40),
        (
            "AWS_SECRET_ACCESS_KEY={}",
            "aws_secret_access_key = {}",
            'SecretAccessKey: "{}"',
            'export AWS_SECRET_ACCESS_KEY="{}"',
        ),
    ),
    "api token": (
        lambda r: some(r, _LETTERS, 40),
        (
            "CF_API_TOKEN={}",
            "CIVITAI_API_TOKEN: {}",
            "cloudflare_api_token = '{}'",
            'api_token="{}",',
            "ApiToken: {}",
            "-e REPLICATE_API_TOKEN={}",
        ),
    ),
    "api key": (
        lambda r: some(r, _HEX, 32),
        (
            "api_key=['{}']",
            "api_key: {}",
            '"apiKey": "{}"',
            "x-api-key: {}",
            "API-KEY = {}",
            "api_keys: [ '{}' ]",
            "client = OpenAI(api_key='{}')",
        ),
    ),
    "key option": (
        lambda r: some(r, _HEX, 32),
        (
            "llama-server --api-key {}",
            "vllm serve x --api-key={}",
            'aphrodite run x --admin-key "{}"',
            "cloudflared tunnel run --token {}",
            "huggingface-cli login --token {}",
        ),
    ),
    "query parameter": (
        lambda r: some(r, _LETTERS, 24),
        (
            "GET /v1/models?token={} HTTP/1.1",
            "https://example.org/x.safetensors?key={}",
            "https://acc.blob.core.windows.net/c/x?sv=2023&sig={}%3D",
            "https://sub.example.org/link?a=1&token={}&flag=clash",
            "https://civitai.com/api/download/models/1?type=Model&token={}",
            "http://127.0.0.1:8188/?access_token={}",
            "https://b.s3.amazonaws.com/x?X-Amz-Signature={}",
        ),
    ),
    "cookie": (
        lambda r: some(r, _LETTERS, 32),
        (
            "Cookie: session={}; theme=dark",
            "Set-Cookie: sid={}; Path=/; HttpOnly",
            "curl -H 'Cookie: token={}' http://x",
            'cookie: "SESSDATA={}"',
        ),
    ),
    "netrc": (
        lambda r: some(r, _LETTERS, 20),
        (
            "machine huggingface.co login user password {}",
            "machine api.wandb.ai\n  login user\n  password {}",
        ),
    ),
    "docker auth": (
        lambda r: base64.b64encode(f"{r.choice(_NAMES)}:{some(r, _LETTERS, 12)}".encode()).decode(),
        (
            '"auths": {{"https://index.docker.io/v1/": {{"auth": "{}"}}}}',
            '"auth": "{}"',
            "//registry.npmjs.org/:_auth={}",
            "Authorization: Basic {}",
        ),
    ),
    "npm auth": (
        lambda r: _uuid(r),
        ("//registry.npmjs.org/:_authToken={}",),
    ),
    "authorization": (
        lambda r: some(r, _LETTERS, 32),
        (
            "Authorization: Bearer {}",
            "Authorization: Token {}",
            '"authorization": "Bearer {}"',
            "-H 'Authorization: {}'",
            "headers={{'Authorization': 'Bearer {}'}}",
            "authorization=Bearer%20{}",
        ),
    ),
    "slack hook": (
        lambda r: f"T{some(r, _LARGE, 10)}/B{some(r, _LARGE, 10)}/{some(r, _LETTERS, 24)}",
        ("https://hooks.slack.com/services/{}", "SLACK=https://hooks.slack.com/services/{}"),
    ),
    "discord hook": (
        lambda r: f"{r.randint(10**17, 10**18)}/{some(r, _URL, 68)}",
        ("https://discord.com/api/webhooks/{}", "post to https://discordapp.com/api/webhooks/{}?wait=true"),
    ),
    "telegram hook": (
        lambda r: f"{r.randint(10**9, 10**10 - 1)}:AA{some(r, _URL, 33)}",
        ("https://api.telegram.org/bot{}/getUpdates", "POST https://api.telegram.org/bot{}/sendMessage failed"),
    ),
    "ngrok command": (
        lambda r: f"2{some(r, _LETTERS, 26)}_{some(r, _LETTERS, 21)}",
        ("ngrok config add-authtoken {}", "authtoken: {}", "ngrok authtoken {}"),
    ),
    "wandb key": (
        lambda r: some(r, _HEX, 40),
        ("WANDB_API_KEY={}", "wandb login {}", "wandb.login(key='{}')"),
    ),
    "civitai key": (
        lambda r: some(r, _HEX, 32),
        ("CIVITAI_TOKEN={}", "civitai_api_key: {}", "civitai key: {}"),
    ),
    "modelscope": (
        lambda r: _uuid(r),
        ("modelscope login --token {}", "MODELSCOPE_API_TOKEN={}", "MODELSCOPE_SDK_TOKEN: {}"),
    ),
    "kaggle": (
        lambda r: some(r, _HEX, 32),
        ('{{"username":"jd","key":"{}"}}', "KAGGLE_KEY={}"),
    ),
    "azure key": (
        lambda r: some(r, _HEX, 32),
        ("AZURE_OPENAI_API_KEY={}", "AZURE_OPENAI_KEY: {}", "Ocp-Apim-Subscription-Key: {}", "api-key: {}"),
    ),
    "azure storage": (
        lambda r: _b64(r, 64),
        ("DefaultEndpointsProtocol=https;AccountName=x;AccountKey={};EndpointSuffix=core.windows.net",),
    ),
    "volcengine": (lambda r: _uuid(r), ("ARK_API_KEY={}", "ark_api_key: '{}'")),
    "halves": (
        lambda r: some(r, _LETTERS, 32),
        ("SK={}", "HUAWEICLOUD_SDK_SK={}", "sk：{}", '"SecretAccessKey": "{}"', "ak: {}", "VOLC_ACCESSKEY={}"),
    ),
    "tencent": (lambda r: some(r, _LETTERS, 32), ("TENCENTCLOUD_SECRET_KEY={}", "SecretKey: {}", "secret_id = {}")),
    "url password": (
        lambda r: some(r, _LETTERS, 14),
        (
            "redis://:{}@10.0.0.5:6379/0",
            "postgresql://app:{}@db:5432/x",
            "http_proxy=http://me:{}@proxy.example.org:8080",
            "socks5://u:{}@127.0.0.1:1080",
            "mongodb+srv://root:{}@cluster0.example.net/?w=1",
            "git clone https://oauth2:{}@example.org/x.git",
        ),
    ),
    "secret": (
        lambda r: some(r, _LETTERS, 30),
        ("CLIENT_SECRET={}", "client_secret: '{}'", "app.secret = {}", "JWT_SECRET={}", "SECRET_KEY={}", 'secret="{}"'),
    ),
    "private key value": (
        lambda r: some(r, _HEX, 64),
        ("PRIVATE_KEY=0x{}", "private_key: {}", "PrivateKey = {}"),
    ),
    "other names": (
        lambda r: some(r, _LETTERS, 22),
        (
            "REFRESH_TOKEN={}",
            "session_token: {}",
            "MY_PWD={}",
            "CSRF_TOKEN = '{}'",
            "webui_auth={}",
            "HUB_CREDENTIALS={}",
            "bot_token => '{}'",
            "TG_BOT_TOKEN：{}",
            "GRADIO_PASSPHRASE={}",
            'token = "{}"',
        ),
    ),
    "vmess": (
        lambda r: _b64(r, 90),
        ("vmess://{}", "节点 vmess://{} 超时"),
    ),
    "shadowsocks": (
        lambda r: base64.b64encode(f"aes-256-gcm:{some(r, _LETTERS, 16)}".encode()).decode().rstrip("="),
        ("ss://{}@203.0.113.7:8388#hk", "订阅里 ss://{}@hk.example.org:443"),
    ),
    "trojan": (
        lambda r: some(r, _LETTERS, 18),
        ("trojan://{}@hk.example.org:443?sni=x", "add trojan://{}@1.2.3.4:443"),
    ),
    "vless": (lambda r: _uuid(r), ("vless://{}@hk.example.org:443?type=ws",)),
    "hysteria": (
        lambda r: some(r, _LETTERS, 16),
        ("hysteria2://{}@hk.example.org:443/", "hy2://{}@x.example.org:8443"),
    ),
    "clash node": (
        lambda r: some(r, _LETTERS, 16),
        ("- {{name: hk, type: ss, server: x.org, port: 1, cipher: aes-128-gcm, password: {}}}", "  password: {}"),
    ),
    "clash link": (
        lambda r: some(r, _HEX, 32),
        (
            "clash://install-config?url=https%3A%2F%2Fx.org%2Fsub%3Ftoken%3D{}",
            "https://x.org/api/v1/client/subscribe?token={}",
        ),
    ),
    "rsa key": (_armoured("RSA PRIVATE KEY"), ("{}", "found:\n{}\nend")),
    "encrypted key": (
        _armoured("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F3A\n\n"),
        ("{}",),
    ),
    "openssh key": (_armoured("OPENSSH PRIVATE KEY"), ("{}",)),
    "encrypted pkcs8 key": (_armoured("ENCRYPTED PRIVATE KEY"), ("{}",)),
    "pgp key": (_armoured("PGP PRIVATE KEY BLOCK", "Version: GnuPG v2\n\n"), ("{}",)),
    "email": (
        lambda r: f"{r.choice(_NAMES)}@{some(r, string.ascii_lowercase, 8)}.com",
        ("mail me: {}", "联系{}谢谢", "user.email={}", "<{}>", "mailto:{}"),
    ),
    "address": (
        _address,
        (
            "connect to {}:5000 failed",
            "Remote address {}",
            "ssh root@{}",
            "http://{}/v1",
            "from {} port 22",
            "服务器地址：{}",
        ),
    ),
    "address of six": (_ipv6, ("tcp [{}]:443 refused", "inet6 {}/64 scope global")),
    "hardware address": (_mac, ("link/ether {} brd ff:ff:ff:ff:ff:ff", "HWaddr {}", "mac: {}")),
    "qq": (lambda r: str(r.randint(10**8, 10**10)), ("QQ：{}", "加我qq {}", "QQ群 {}", "企鹅号：{}")),
    "wechat": (
        lambda r: "wxid_" + some(r, _SMALL, 14),
        ("微信：{}", r"D:\WeChat Files\{}\FileStorage\x.txt", "wx: {}"),
    ),
    "wechat name": (
        lambda r: r.choice(("llm_fan_88", "xiaoming2020", "zhao-qiang7")),
        ("微信号：{}", "加微信 {}", "vx: {}"),
    ),
    "phone": (
        lambda r: f"1{r.choice('3578')}{some(r, string.digits, 9)}",
        ("手机号 {}", "电话：{}", "phone: +86 {}", "联系我 {}", "tel:{}"),
    ),
    "identity card": (_identity_card, ("身份证号：{}", "id {}", "{} 是我的号")),
    "user of windows": (
        lambda r: r.choice(_NAMES),
        (
            r"C:\Users\{}\models\x.gguf",
            r"c:\users\{}\AppData",
            r"C:\\Users\\{}\\x",
            "C:/Users/{}/x",
            r"C:\USERS\{}\X",
            "file:///C:/Users/{}/x.log",
            "/mnt/c/Users/{}/x",
            "path=C%3A%5CUsers%5C{}%5Cx",
            r"\\?\C:\Users\{}\x",
        ),
    ),
    "user of linux": (
        lambda r: r.choice(_NAMES),
        (
            "/home/{}/.cache/huggingface",
            "/var/home/{}/x",
            "'/home/{}'",
            "/run/media/{}/disk/x",
            "%2Fhome%2F{}%2Fx",
            "/media/{}/usb1",
            "cd ~{}/models",
            "loading from:/home/{}/x",
        ),
    ),
    "user of a mac": (lambda r: r.choice(_NAMES), ("/Users/{}/Library", "%2FUsers%2F{}%2Fx", "file:///Users/{}/x")),
    "user at a prompt": (
        lambda r: r.choice(_NAMES).replace(".", ""),
        (
            "{}@pc:~/llm$ python x.py",
            "[{}@fedora ~]$ ls",
            "(venv) {}@box:~$ pip list",
            "{}@MacBook-Pro ~ % brew",
            "┌──({}㉿kali)-[~]",
            "(base) {}@MacBook-Air models % ls",
        ),
    ),
    "user in a variable": (lambda r: r.choice(_NAMES), ("USER={}", "USERNAME={}", "LOGNAME={}", "set USERNAME={}")),
    "user of a file": (
        lambda r: r.choice(_NAMES),
        (
            "-rw-r--r-- 1 {} users 4096 Nov  2 10:11 x.gguf",
            "drwxr-xr-x 2 root {} 4096 Nov  2 10:11 models",
            "-rwxrwxr-x. 1 {} {} 120M 2026-01-02 03:04 koboldcpp",
        ),
    ),
}

# Text that has nothing to hide, written as it stands in logs and questions.
CLEAN = (
    "docker run -p 8080:8080 --name x ollama/ollama, docker login --password-stdin",
    "sshpass -e ssh host, sshpass -p $PW ssh host, mysql -p -u root",
    "net use Z: /delete",
    "echo 3 | sudo tee /proc/sys/vm/drop_caches, echo $PW | sudo -S apt update",
    "- name: OLLAMA_HOST\n  value: 0.0.0.0:11434\n- name: max_token\n  value: a1234567890123",
    "SecretStr('**********') ConvertTo-SecureString $plain -AsPlainText -Force",
    "token_type_ids: 128256128256, key_value_heads_2=Qwen2Attention4096, token_embd=Q6_K",
    "api_key_env: OPENAI_API_KEY",
    "api_key_file=/run/secrets/key1",
    "tokenizer_class: Qwen2Tokenizer, token_file_2: Qwen2",
    "pass: 3 fail: 0, pass 1: 100%, forward pass: 12ms, test_pass: OK-1234, bypass: q8_0_x4, compass: 12345abc",
    "https://pan.baidu.com/s/1AbCdEfGhIjKlMnOpQrStUv https://www.reddit.com/r/LocalLLaMA/s/AbCdEfGh12",
    "https://example.com/link/about?sub=3 gpu uuid: 1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901",
    "+49 files changed, +12 345 678, offset +4294967296, allocated +1073741824 bytes, @@ -10,7 +10,7 @@",
    "user@host.bin model@q4.gguf foo@v1.2.txt unzip -p x.zip a.txt llama-cli -p Hello123",
    "nvidia-cublas-cu12           12.4.5.8",
    "Installing collected packages: nvidia-cublas-cu12-12.4.5.8",
    "torchvision 41.0.0.0 needs something else",
    "Welcome to KoboldCpp - Version 1.76.0.1",
    "NVIDIA driver 32.0.15.6094",
    "Microsoft Windows [Version 10.0.22631.4037]",
    "ROCm 6.2.4.1 found",
    "Basic configuration is missing",
    "basic authentication needs a user",
    "uses bearer authentication",
    "Bearer token is required",
    "rate-limit-exceeded-429",
    "task-completed-successfully-2026-11",
    "disk-usage-monitor-service-01",
    "pip install torch@cu121.whl",
    "torch-2.4.0+cu121-cp311-cp311-linux_x86_64.whl",
    "flash_attn-2.7.0.post2+cu124torch2.4.0cxx11abiFALSE-cp311-cp311-linux_x86_64.whl",
    "/media/cdrom /media/usb /home/user/x /home/ubuntu/x",
    "C:\\Users\\Public\\x C:\\Users\\Default\\x",
    "commit 3f2a9c1d7e8b4a5f6c0d9e8f7a6b5c4d3e2f1a0b",
    "build: 4567 (9f8e7d6c)",
    "Already up to date. 1a2b3c4..5d6e7f8 main",
    "sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0",
    "pulling 8934d96d3f08... 100%",
    "blobs/sha256-8934d96d3f08982e95922b2b7a2c626a1fe873d7c3b06e8e56d7bc0a1fef9246",
    "GPU-8a56a4bc-0f3e-4d2c-9b1a-7e6f5d4c3b2a",
    "UUID: GPU-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901",
    "request 7c9e6679-7425-40de-944b-e07fc1f90ae7 finished",
    "Qwen2.5-32B-Instruct-Q4_K_M.gguf",
    "DeepSeek-R1-Distill-Qwen-14B-Q5_K_M-00001-of-00002.gguf",
    "Meta-Llama-3.1-70B-Instruct-AWQ-INT4",
    "bartowski/Mistral-Small-24B-Instruct-2501-GGUF",
    "models--Qwen--Qwen2.5-7B-Instruct/snapshots/a09a35458c702b33eeacc393d103063234e8bc28/config.json",
    "n_tokens = 512",
    "max_tokens: 4096",
    "max_new_tokens=2048, min_tokens=1",
    "token: <|im_end|>",
    "token: 151645 '<|im_end|>'",
    "print_info: EOS token        = 151645 '<|im_end|>'",
    "print_info: BOS token = 128000 '<|begin_of_text|>'",
    "llm_load_print_meta: LF token = 198 'Ċ'",
    "tokenizer.ggml.bos_token_id u32 = 151643",
    "tokenizer.ggml.add_bos_token bool = false",
    "tokenizer.chat_template str = {%- if tools %}",
    "llama_model_loader: - kv 0: general.architecture str = qwen2",
    "eval time = 123.45 ms / 12 tokens (10.29 ms per token, 97.2 tokens per second)",
    "special tokens cache size = 22",
    "eos_token: </s>, pad_token: [PAD151645]",
    "tokens: 4096, key_length: 128, value_length: 128",
    "key: llama.attention.head_count_kv",
    "key not found in model: tokenizer.ggml.pre",
    "KeyError: 'model.layers.0.self_attn.q_proj.weight'",
    "Missing key(s) in state_dict: blk.0.attn_q.weight",
    "num_key_value_heads = 8, key_value_heads: 8",
    "error: unknown key 'rope_scaling'",
    "api_key=os.environ['OPENAI_API_KEY']",
    "api_key = settings.api_key",
    "api_key: Optional[str] = None",
    'api_key: null, api_token: ""',
    "OPENAI_API_KEY is not set",
    "export HF_TOKEN=your_token_here",
    "export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxx",
    "OPENAI_API_KEY=$OPENAI_API_KEY",
    "API key is missing or invalid",
    "Invalid API key provided",
    "Incorrect API key provided: sk-no-key-required",
    "401 Unauthorized: invalid token",
    "Access to model is restricted, pass a token with `token=<your_token>`",
    "use_auth_token=True, token=None",
    'password authentication failed for user "postgres"',
    "Access denied for user 'root'@'localhost' (using password: YES)",
    "[sudo] password for user:",
    "password: required",
    "密码错误，请重试",
    "忘记密码怎么办",
    "PWD=/opt/models",
    "secret: true",
    "auth: none",
    "authentication required",
    "key = value",
    "Press any key to continue . . .",
    "hotkey: Ctrl+Shift+F12",
    "keyboard: us",
    "cookie consent",
    "author: somebody",
    "$HOME/.cache/huggingface/hub",
    "~/models/x.gguf",
    "cd ~/llama.cpp && git pull",
    "%USERPROFILE%\\models",
    "Please connect to http://127.0.0.1:5001/api",
    "listening on 0.0.0.0:8080 and 192.168.1.20, 10.0.0.4, 172.17.0.1",
    "git@github.com:owner/repo.git",
    "https://github.com/ggml-org/llama.cpp/releases/download/b4567/cudart-llama-bin-win-cu12.4-x64.zip",
    "https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF/resolve/main/qwen2.5-7b-instruct-q4_k_m.gguf",
    "https://pan.baidu.com",
    "Elapsed 12:34:56, ratio 1:2:3, 03:04:05",
    "allocated 12884901888 bytes, 16106127360 bytes free",
    "size 18556685824, offset 13958643712",
    "0x00007ff8a1b2c3d4 in ggml_cuda_mul_mat",
    "_ZN4llama7contextE15ggml_backend_cuda_buffer_type_alloc_buffer",
    "void cutlass::Kernel2<cutlass_80_tensorop_f16_s16816gemm_f16_64x64_32x6_nn_align8>",
    "cudaMalloc failed: CUBLAS_STATUS_ALLOC_FAILED",
    "AVX2 = 1 | AVX512_VBMI = 0 | ARM_FMA = 0 | F16C = 1",
    "TORCH_CUDA_ARCH_LIST=8.0;8.6;8.9;9.0+PTX",
    'File "/opt/venv/lib/python3.11/site-packages/transformers/models/qwen2/modeling_qwen2.py", line 812',
    "OpenAIChatCompletionRequestMessageContentPartImage2Text",
    "QuantizedLinearLayerWithMarlinKernelConfig8Bit",
    "-rw-r--r-- 1 root root 4096 Nov  2 10:11 x.gguf",
    "drwxr-xr-x 2 user user 4096 Nov  2 10:11 models",
    "QQ聊天记录里有日志",
    "微信上问过没人会",
    "手机能跑7B吗",
    "RTX 4090 24564MiB, driver 560.94",
    "DISCORD_TOKEN=<your token>",
    "https://discord.com/channels/123456789012345678/234567890123456789",
    "https://cdn.discordapp.com/attachments/123456789012345678/234567890123456789/log.txt",
    "a user name and a password are needed",
    "pkg-config: command not found",
    "1e-05 2.5e+03 0x1f4 16777216",
    "ctx-size 8192, cache-type-k q8_0, flash-attn on",
    "seed = 3407, temp = 0.70, top_k = 40, top_p = 0.95, min_p = 0.05",
    "<|im_start|>system\nYou are a helpful assistant<|im_end|>",
    "<|start_header_id|>user<|end_header_id|>",
    "pci 0000:01:00.0: NVIDIA GeForce RTX 3060",
    "CUDA_VISIBLE_DEVICES=0,1 USE_MLOCK=1",
    "USER=root USERNAME=user",
    "image: ghcr.io/ggml-org/llama.cpp:server-cuda-b4567",
    "ollama run hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
    "wxGTK 3.2, vx 1.0",
    "    at getCookieSecret (file:///opt/app/src/users.js:550:5)",
    "C:\\Users\\user\\.lmstudio\\extensions\\backends\\x.dll",
    "ggml_ops_f16_q4_0_matmul_kernel_v2",
    "blobs/sha256-8eeb52dfb3bb9aefdf9d1ef24b3bdbcfbe82238798c4b918278320b6fcef18fe",
    "commit 3f1ae2e32cde00c39b96be6d01c2997c29bae555",
    "d41d8cd98f00b204e9800998ecf8427e.safetensors",
    "task-key-value, mask: none, break=true, SK hynix HFS001TDE9X084N",
    "disk: 512, risk=low, ask: someone, SK_BUFF allocated, AppID=com.example.app",
    "xai-grok-4-fast-reasoning-latest, pa-IN, re_sub_all_patterns_in_text, as-many-as-possible-of-them",
)


LEFT = 10  # characters of a long secret in a row that nobody may see
START = 6  # what a provider's token begins with says nothing


def shows(shown: str, case: Planted) -> bool:
    """Whether enough of a secret is left in what somebody sees."""
    if "-----BEGIN" in case.secret:
        return any(row in shown for row in case.secret.split("\n") if len(row) == 64)
    if len(case.secret) < 24 or "/" in case.secret:
        return case.secret in shown
    return any(case.secret[at : at + LEFT] in shown for at in range(START, len(case.secret) - LEFT))


def planted(seed: int = 17) -> Iterator[Planted]:
    """Every kind in every writing."""
    rng = Random(seed)
    for kind, make in TOKENS.items():
        for writing in TOKEN_WRITINGS:
            secret = make(rng)
            yield Planted(kind, writing.format(secret), secret)
    for kind, (make, writings) in _NAMED_VALUES.items():
        for writing in writings:
            secret = make(rng)
            yield Planted(kind, writing.format(*[secret] * writing.count("{}")), secret)


def clean_tokens() -> list[str]:
    """The words of the clean texts."""
    return [word for text in CLEAN for word in text.split()]
