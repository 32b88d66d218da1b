#!/bin/sh
# Wenzhen's collector for Linux and macOS: writes what helpers ask for into wenzhen-report.txt.
# It needs nothing but a shell, changes nothing, sends nothing. Secrets, your name and your computer's name are taken out
# before anything is written. Read the file, then attach it to your post.
#
#   sh collect.sh [FOLDER ...]     FOLDER: where your programs lie, if not in the usual places
#
# 问诊的收集脚本（Linux、macOS）：把求助时要说的信息写进 wenzhen-report.txt。
# 不需要安装任何东西，不改动系统，也不联网。密钥、用户名、电脑名在写入之前就会去掉。请先看一遍，再发到帖子里。

out="${WENZHEN_REPORT:-wenzhen-report.txt}"
lines=120
case "${LC_ALL:-${LANG:-}}" in zh*) zh=1 ;; *) zh= ;; esac

say() { if [ -n "$zh" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
section() { printf '\n== %s\n' "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }

# At most ten seconds for any program: some hang where a driver is broken.
quick() {
    if have timeout; then timeout 10 "$@" 2>&1; else "$@" 2>&1; fi
}

mask() {
    who=$(id -un 2>/dev/null); host=$(uname -n 2>/dev/null)
    sed -E \
        -e "s#${HOME:-/nowhere}#~#g" \
        -e 's#(/home/|/Users/|/mnt/c/Users/|[A-Za-z]:\\Users\\)[^/\\ "]+#\1<user>#g' \
        -e 's#(hf_|sk-|gh[pousr]_|github_pat_|xox[abp]-|glpat-|npm_|pypi-|AKIA|AIza|r8_|gsk_|nvapi-)[A-Za-z0-9_-]{8,}#<api-key>#g' \
        -e 's#eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?#<token>#g' \
        -e 's#([Bb]earer|[Bb]asic) +[A-Za-z0-9._~+/=-]{12,}#\1 <token>#g' \
        -e 's#(^|[^A-Za-z])([A-Za-z0-9_-]*([Kk][Ee][Yy]|[Tt][Oo][Kk][Ee][Nn]|[Ss][Ee][Cc][Rr][Ee][Tt]|[Pp][Aa][Ss][Ss]([Ww][Oo][Rr][Dd])?|[Pp][Aa][Ss][Ss][Pp][Hh][Rr][Aa][Ss][Ee]|[Pp][Ww][Dd]|[Cc][Oo][Oo][Kk][Ii][Ee]|[Aa][Uu][Tt][Hh])"? *[=:] *)"?[^" ,}]{4,}"?#\1\2<secret>#g' \
        -e 's#://[^/@: ]+:[^/@ ]+@#://<secret>@#g' \
        -e 's#[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+#<email>#g' \
        -e 's#([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}#<mac>#g' |
        if [ ${#who} -ge 3 ] && [ "$who" != root ]; then sed "s/\\b$(printf '%s' "$who" | sed 's/[^A-Za-z0-9_-]/./g')\\b/<user>/g"; else cat; fi |
        if [ ${#host} -ge 3 ] && [ "$host" != localhost ]; then sed "s/\\b$(printf '%s' "$host" | sed 's/[^A-Za-z0-9_-]/./g')\\b/<host>/g"; else cat; fi
}

system() {
    section "system"
    uname -srm
    [ -r /etc/os-release ] && sed -n 's/^PRETTY_NAME=/OS: /p' /etc/os-release | tr -d '"'
    [ -r /proc/version ] && grep -qi microsoft /proc/version && echo "WSL2"
    have sw_vers && sw_vers
    [ -f /.dockerenv ] && echo "inside docker"
    section "memory"
    [ -r /proc/meminfo ] && grep -E '^(MemTotal|MemAvailable|SwapTotal):' /proc/meminfo
    have sysctl && sysctl -n hw.memsize 2>/dev/null | awk '{printf "MemTotal: %d kB\n", $1 / 1024}'
    section "processor"
    [ -r /proc/cpuinfo ] && grep -m1 'model name' /proc/cpuinfo
    have sysctl && sysctl -n machdep.cpu.brand_string 2>/dev/null
    section "disk"
    df -h . 2>/dev/null
}

cards() {
    section "cards"
    if have nvidia-smi; then
        quick nvidia-smi
        quick nvidia-smi -L | sed 's/ (UUID.*//'
    else
        echo "nvidia-smi: not found"
    fi
    have lspci && lspci 2>/dev/null | grep -Ei 'vga|3d|display'
    have rocminfo && quick rocminfo | grep -E 'Marketing Name|gfx[0-9]' | sort -u | head -8
    have vulkaninfo && quick vulkaninfo --summary | grep -E 'deviceName|driverInfo' | head -8
    have system_profiler && quick system_profiler SPDisplaysDataType | grep -E 'Chipset|VRAM|Metal'
}

programs() {
    section "programs"
    for program in ollama koboldcpp llama-server lms vllm aphrodite sglang python3 pip node npm git docker conda uv; do
        have "$program" || continue
        printf '%s: ' "$program"
        quick "$program" --version </dev/null | head -1
    done
    have python3 && quick python3 -m pip list --disable-pip-version-check |
        grep -iE '^(torch|transformers|vllm|llama.cpp.python|exllama|flash.attn|bitsandbytes|accelerate|xformers|sglang|triton|numpy) '
    have docker && quick docker ps --format '{{.Image}} {{.Status}}' | head -10
    section "environment"
    env | grep -E '^(OLLAMA|CUDA|HIP|ROCR|HSA|GGML|LLAMA|VLLM|PYTORCH|HF|HUGGING|NVIDIA|http_proxy|https_proxy|HTTP_PROXY|HTTPS_PROXY|ALL_PROXY|CONDA_DEFAULT_ENV|VIRTUAL_ENV)' | sort
}

file() { # TITLE FILE: the head of a configuration, the tail of a log
    [ -r "$2" ] || return 0
    section "$1: $2"
    case "$1" in log) tail -n "$lines" "$2" ;; *) head -n "$lines" "$2" ;; esac | cut -c 1-600
}

newest() { # the newest of these files
    ls -t "$@" 2>/dev/null | head -1
}

found() {
    for folder in "$@" . "$HOME/SillyTavern" "$HOME/text-generation-webui" "$HOME/tabbyAPI" "$HOME/koboldcpp"; do
        [ -d "$folder" ] || continue
        for name in config.yaml config.yml settings.yaml CMD_FLAGS.txt Modelfile docker-compose.yml compose.yaml; do
            file configuration "$folder/$name"
        done
        preset=$(newest "$folder"/*.kcpps) && [ -n "$preset" ] && file configuration "$preset"
        log=$(newest "$folder"/*.log "$folder"/logs/*.log) && [ -n "$log" ] && file log "$log"
    done
    file log "$HOME/.ollama/logs/server.log"
    log=$(newest "$HOME"/.lmstudio/server-logs/*/*.log "$HOME"/.cache/lm-studio/server-logs/*/*.log) && file log "$log"
    if have journalctl && have systemctl && systemctl list-unit-files ollama.service >/dev/null 2>&1; then
        section "log: ollama service"
        quick journalctl -u ollama -n "$lines" --no-pager -o cat
    fi
    if have ollama; then
        section "ollama"
        quick ollama list
        quick ollama ps
    fi
}

umask 077
{
    echo "wenzhen collector 1"
    system
    cards
    programs
    found "$@"
} 2>/dev/null | mask >"$out" || exit 1

cat "$out"
echo
say "Written to $out. Please read it above: nothing has been sent. If it is all right, attach it to your post." \
    "已写入 $out。请先看一遍上面的内容：没有发送给任何人。没问题就把这个文件发到帖子里。"
