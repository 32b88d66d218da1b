<#
Wenzhen's collector for Windows: writes what helpers ask for into wenzhen-report.txt.
It needs nothing but Windows' own PowerShell, changes nothing, sends nothing. Secrets, your name and your computer's name
are taken out before anything is written. Read the file, then attach it to your post.

    powershell -ExecutionPolicy Bypass -File collect.ps1 [FOLDER ...]     FOLDER: where your programs lie

问诊的收集脚本（Windows）：把求助时要说的信息写进 wenzhen-report.txt。
不需要安装任何东西，不改动系统，也不联网。密钥、用户名、电脑名在写入之前就会去掉。请先看一遍，再发到帖子里。
#>
param([Parameter(ValueFromRemainingArguments = $true)][string[]]$Folders = @())

$ErrorActionPreference = 'SilentlyContinue'
$Lines = 120
$Out = if ($env:WENZHEN_REPORT) { $env:WENZHEN_REPORT } else { 'wenzhen-report.txt' }
$Chinese = (Get-Culture).TwoLetterISOLanguageName -eq 'zh'
$Report = New-Object System.Collections.Generic.List[string]

function Add-Lines { process { if ($null -ne $_) { $Report.Add([string]$_) } } }
function Add-Section([string]$Title) { $Report.Add(''); $Report.Add("== $Title") }

function Hide-Secrets([string]$Line) {
    $Line = $Line -replace [regex]::Escape($env:USERPROFILE), '~'
    $Line = $Line -replace '(?i)(\\Users\\|/Users/|/home/)[^/\\ "]+', '$1<user>'
    $Line = $Line -creplace '(hf_|sk-|gh[pousr]_|github_pat_|xox[abp]-|glpat-|npm_|pypi-|AKIA|AIza|r8_|gsk_|nvapi-)[A-Za-z0-9_-]{8,}', '<api-key>'
    $Line = $Line -creplace 'eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?', '<token>'
    $Line = $Line -replace '(bearer|basic) +[A-Za-z0-9._~+/=-]{12,}', '$1 <token>'
    $Line = $Line -replace '(^|[^A-Za-z])([\w-]*(key|token|secret|password|pass|passphrase|pwd|cookie|auth)"? *[=:] *)"?[^" ,}]{4,}"?', '$1$2<secret>'
    $Line = $Line -replace '://[^/@: ]+:[^/@ ]+@', '://<secret>@'
    $Line = $Line -replace '[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+', '<email>'
    $Line = $Line -replace '([0-9a-f]{2}[:-]){5}[0-9a-f]{2}', '<mac>'
    foreach ($Pair in @(@($env:USERNAME, '<user>'), @($env:COMPUTERNAME, '<host>'))) {
        if ($Pair[0] -and $Pair[0].Length -ge 3) { $Line = $Line -replace ('\b' + [regex]::Escape($Pair[0]) + '\b'), $Pair[1] }
    }
    $Line
}

# At most ten seconds for any program: some hang where a driver is broken.
function Invoke-Quick([string]$Program, [string[]]$Arguments = @()) {
    $Job = Start-Job { param($P, $A) & $P @A 2>&1 | ForEach-Object { "$_" } } -ArgumentList $Program, $Arguments
    if (Wait-Job $Job -Timeout 10) { Receive-Job $Job } else { "$($Program): no answer within ten seconds" }
    Remove-Job $Job -Force
}

function Add-File([string]$Title, [string]$Path) {
    if (-not $Path -or -not (Test-Path -LiteralPath $Path -PathType Leaf)) { return }
    Add-Section "$($Title): $Path"
    $Text = if ($Title -eq 'log') { Get-Content -LiteralPath $Path -Tail $Lines } else { Get-Content -LiteralPath $Path -TotalCount $Lines }
    $Text | ForEach-Object { if ($_.Length -gt 600) { $_.Substring(0, 600) } else { $_ } } | Add-Lines
}

function Get-Newest([string[]]$Patterns) {
    Get-ChildItem -Path $Patterns -File | Sort-Object LastWriteTime -Descending | Select-Object -First 1 -ExpandProperty FullName
}

$Report.Add('wenzhen collector 1')

Add-Section 'system'
$System = Get-CimInstance Win32_OperatingSystem
"$($System.Caption) [$($System.OSArchitecture)]" | Add-Lines
"Microsoft Windows [Version $($System.Version)]" | Add-Lines
"PowerShell $($PSVersionTable.PSVersion)" | Add-Lines

Add-Section 'memory'
"MemTotal: $($System.TotalVisibleMemorySize) kB" | Add-Lines
"MemAvailable: $($System.FreePhysicalMemory) kB" | Add-Lines
"page file: $([math]::Round($System.SizeStoredInPagingFiles / 1mb, 1)) GiB" | Add-Lines

Add-Section 'processor'
(Get-CimInstance Win32_Processor).Name | Add-Lines

Add-Section 'disk'
Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3' | ForEach-Object {
    "$($_.DeviceID) $([math]::Round($_.FreeSpace / 1gb, 1)) GiB free of $([math]::Round($_.Size / 1gb, 1))"
} | Add-Lines

Add-Section 'cards'
if (Get-Command nvidia-smi) {
    Invoke-Quick 'nvidia-smi' | Add-Lines
    Invoke-Quick 'nvidia-smi' @('-L') | ForEach-Object { $_ -replace ' \(UUID.*', '' } | Add-Lines
} else { 'nvidia-smi: not found' | Add-Lines }
Get-CimInstance Win32_VideoController | ForEach-Object { "display: $($_.Name), driver $($_.DriverVersion)" } | Add-Lines

Add-Section 'programs'
foreach ($Program in 'ollama', 'koboldcpp', 'llama-server', 'lms', 'python', 'pip', 'node', 'npm', 'git', 'docker', 'conda', 'uv') {
    if (Get-Command $Program) { "$($Program): $(Invoke-Quick $Program @('--version') | Select-Object -First 1)" | Add-Lines }
}
if (Get-Command python) {
    Invoke-Quick 'python' @('-m', 'pip', 'list', '--disable-pip-version-check') |
        Where-Object { $_ -match '^(torch|transformers|vllm|llama.cpp.python|exllama|flash.attn|bitsandbytes|accelerate|xformers|triton|numpy) ' } | Add-Lines
}

Add-Section 'environment'
Get-ChildItem env: | Where-Object { $_.Name -match '^(OLLAMA|CUDA|HIP|ROCR|HSA|GGML|LLAMA|VLLM|PYTORCH|HF|HUGGING|HTTPS?_PROXY|ALL_PROXY|CONDA_DEFAULT_ENV|VIRTUAL_ENV)' } |
    Sort-Object Name | ForEach-Object { "$($_.Name)=$($_.Value)" } | Add-Lines

foreach ($Folder in @($Folders) + @('.', "$HOME\SillyTavern", "$HOME\text-generation-webui", "$HOME\tabbyAPI", "$HOME\koboldcpp")) {
    if (-not (Test-Path -LiteralPath $Folder -PathType Container)) { continue }
    foreach ($Name in 'config.yaml', 'config.yml', 'settings.yaml', 'CMD_FLAGS.txt', 'Modelfile', 'docker-compose.yml', 'compose.yaml') {
        Add-File 'configuration' (Join-Path $Folder $Name)
    }
    Add-File 'configuration' (Get-Newest @("$Folder\*.kcpps"))
    Add-File 'log' (Get-Newest @("$Folder\*.log", "$Folder\logs\*.log"))
}
Add-File 'log' "$env:LOCALAPPDATA\Ollama\server.log"
Add-File 'log' (Get-Newest @("$HOME\.lmstudio\server-logs\*\*.log", "$HOME\.cache\lm-studio\server-logs\*\*.log"))
if (Get-Command ollama) {
    Add-Section 'ollama'
    Invoke-Quick 'ollama' @('list') | Add-Lines
    Invoke-Quick 'ollama' @('ps') | Add-Lines
}

$Masked = $Report | ForEach-Object { Hide-Secrets $_ }
$Masked | Out-File -FilePath $Out -Encoding utf8
$Masked
''
if ($Chinese) { "已写入 $Out。请先看一遍上面的内容：没有发送给任何人。没问题就把这个文件发到帖子里。" }
else { "Written to $Out. Please read it above: nothing has been sent. If it is all right, attach it to your post." }
