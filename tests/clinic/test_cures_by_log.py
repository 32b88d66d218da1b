"""Which step stands first for a log, and what is not told: by program, packaging, system, card, version and words."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Step, Steps


def steps_for(log: str) -> list[Step]:
    return [step for block in CLINIC.diagnose(log).answer.blocks if isinstance(block, Steps) for step in block.steps]


def said(step: Step) -> str:
    return f"{step.text}\n" + "\n".join(code.text for code in step.commands)


@pytest.mark.parametrize(
    ("log", "first", "never"),
    [
        # by what the log says
        ("ERROR: HTTP error 404 while getting https://github.com/a/wheels/releases/download/v1/x-cp313-win_amd64.whl",
         "the server answered", "--timeout 999"),
        ("llama-swap on windows\n[WARN] <q> ExitError >> exec: \"llama-server\": executable file not found in %PATH%",
         "does not contain it", "vllm/vllm-openai"),
        ("slurm job, A100, ollama 0.9.4\nmsg=\"server config\" env=\"map[ROCR_VISIBLE_DEVICES:0 OLLAMA_LLM_LIBRARY: ]\""
         "\nmsg=\"inference compute\" id=cpu library=cpu", "ROCR_VISIBLE_DEVICES", "OLLAMA_LLM_LIBRARY (or"),
        ("SGLang, gemma 4\nRuntimeError: FlashInfer Internal Error: Invalid configuration : NUM_MMA_Q=1",
         "--attention-backend", "apt"),
        ("pip install vllm on linux, GTX 1080 Ti\nvllm serve a/b\nRuntimeError: CUDA error: no kernel image is "
         "available for execution on the device", "on this card no option helps", "cu128, cu129"),
        ("jan 0.8.3, since it fetched llama.cpp b9967 no model loads", "0.8.4", "OLLAMA"),
        ("winget install Ollama.Ollama\nInstaller hash does not match; this cannot be overridden when running as admin",
         "maker's own page", "source reset"),
        ("fatal: unable to access 'https://github.com/a/b.git/': The requested URL returned error: 403",
         "refused you", "proxy"),
        ("vllm: ImportError: libcudart.so.13: cannot open shared object file: No such file or directory",
         "nvidia-cuda-runtime nvidia-cublas", "cu12"),
        ("[LM STUDIO SERVER] Unexpected endpoint or method. (OPTIONS /v1/completions). Returning 200 anyway",
         "Enable CORS", "curl http"),
        ("ollama pull qwen3\nError: pull model manifest: Get \"https://registry.ollama.ai/v2/x\": proxyconnect tcp: "
         "dial tcp 127.0.0.1:1080: connectex: No connection could be made",
         "does not answer any more", "ollama pull model-name"),
        ("dyld[1]: Symbol not found: _OBJC_CLASS_$_MTLComputePassDescriptor\n  Referenced from: /Applications/Ollama",
         "Update macOS", "torch"),
        ("llama_model_load: error loading model: failed to open GGUF file 'D:\\LLMģ��\\qwen.gguf'",
         "only Latin letters", "Copy the full path"),
        ("error: invalid argument: -cpent", "--checkpoint-min-step", "--load-mode"),
        # by program
        ("vllm with --kv-cache-dtype fp8 writes only garbage with my qwen", "KV cache in FP8", "Neutralize"),
        ("Windows 11, LM Studio 0.3.31, Strix Halo: (Exit code: 18446744072635812000). Unknown error. Try a different "
         "model and/or config.", "Ctrl+Shift+R", "llama-server"),
        ("flatpak Alpaca on fedora: Error: 412: The model you are attempting to pull requires a newer "
         "version of Ollama.",
         "instance manager", "install.sh"),
        ("vllm on Windows 11\n[WinError 206] The filename or extension is too long", "does not run on Windows", "sudo"),
        # by card
        ("linux, ollama, RX 7600\nrocBLAS error: Cannot read /opt/rocm/lib/TensileLibrary.dat: Illegal seek for GPU "
         "arch : gfx1102", "Update ollama", "10.3.0"),
        # by version and packaging
        ("ollama 0.33.1 runs everything on the CPU, 0.32.1 did not\nmsg=\"inference compute\" id=cpu library=cpu",
         "0.32.1", "OLLAMA_VERSION=0.33.1"),
        ("Arch, pacman -Syu brought ollama 0.23.0, everything on cpu now; with 0.22.1 it works\n"
         "msg=\"inference compute\" id=cpu library=cpu", "pacman -U", "OLLAMA_VERSION"),
        ("llama-server b9118 vulkan windows. with a draft model it crashes as soon as I prompt. 9116 works",
         "draft model", "OLLAMA"),
        ("vllm 0.7.2\nValueError: Model architectures ['Qwen2_5_VLForConditionalGeneration'] failed to be inspected.",
         "0.7.3", "ollama"),
        ("llama.cpp b9200 vulkan, RX 7900 XTX\nterminate called after throwing an instance of 'vk::DeviceLostError'",
         "GGML_VK_ALLOW_GRAPHICS_QUEUE", "OLLAMA"),
        (
            'GTX 1070, ollama since 0.30 slow, 0.24 was fine\nmsg="NVIDIA driver too old" driver=535 '
            'required_driver="570 or newer"',
            "Install the current NVIDIA driver",
            "OLLAMA_VERSION=0.24",
        ),
        (
            "LM Studio 0.4.15: Unable to connect to remote MCP server 'a' at url 'http://localhost:21776/sse'. URL "
            "resolves to a non-public address. We only allow public addresses for dynamic remote MCP connections.",
            "mcp.json",
            "ollama",
        ),
        (
            "Open WebUI on Windows by pip, after the update all chats are gone, it asks me to create an admin account",
            "delete nothing",
            "go back",
        ),
        ("arch, 7900 XTX: llama.cpp crashes since kernel 6.18.3\nMemory access fault by GPU node-1 (Agent handle: 0x5) "
         "on address 0x7. Reason: Unknown.\nwith 6.17.9 no problem", "choose the kernel before", "llama.cpp/releases"),
        ("RX 8060S, gfx1151, fedora\nMemory access fault by GPU node-1 (Agent handle: 0x5d) on address 0x7. Reason: "
         "Unknown.", "linux-firmware", "llama.cpp/releases"),
        # by what just this log names
        ("Arch, ollama from pacman, OLLAMA_MODELS=/home/ollama_models\nollama[8641]: Error: mkdir /home/ollama_models: "
         "permission denied", "ProtectHome", "chmod o+x /home"),
        ("$ ollama run gemma4:26b-mlx\nError: 500 Internal Server Error: mlx runner failed: Error: layer 0: missing "
         "attention q/k norms (exit: exit status 1)", "ollama rm", "ollama create"),
        ("misc/ibvwrap.cc:217 (wrap_ibv_reg_mr_iova2) NCCL WARN Call to ibv_reg_mr_iova2 failed with error Cannot "
         "allocate memory\ntorch.distributed.DistBackendError: NCCL error in: x.cpp:94, unhandled system error",
         "ulimit memlock", "ubuntu-drivers"),
        ("llama-server: error while loading shared libraries: libomp.so: cannot open shared object file: No such file "
         "or directory", "libomp-dev", "libfuse"),
        ("SillyTavern 1.12.7\n{\"error\":{\"code\":400,\"message\":\"Error: dry_sequence_breakers must be a non-empty "
         "array of strings\",\"type\":\"invalid_request_error\"}}", "Sequence Breakers", "Clear site data"),
        ("windows 11 pack\ntriton\\windows_utils.py:315: UserWarning: Failed to find Python libs.\ncuda_utils.c:14: "
         "error: include file 'Python.h' not found", "include and libs", "apt install"),
        ("ollama run hf.co/a/b-GGUF:Q4_K_M\npulling manifest\npulling 8440f2a076f1: 100%\nError: context deadline "
         "exceeded", "Pull it again", "proxy"),
        ("GTX 1080 Ti, docker model run\nmsg=\"installed llama-server\" gpuSupport=false", "code for them",
         "ubuntu-drivers"),
        ("GTX 1080 with CUDA capability sm_61 is not compatible with the current PyTorch installation.",
         "cu126", "cu130"),
        ("from my tablet: connect ECONNREFUSED 192.168.1.20:9931 , llama-server runs on the pc with --port 9931",
         "--port 9931", "8080"),
        ("docker exec -it ollama ollama run qwen3\nError: could not connect to ollama app, is it running?",
         "docker start ollama", "systemctl"),
        ("vLLM with MTP\nNotImplementedError: DS conv state layout does not yet support speculative "
         "decoding with mamba_cache_mode='align' (num_accepted_tokens > 1).", "unset VLLM_SSM", "ollama"),
        ("WSL2, vllm with PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True\nRuntimeError: CUDA driver error: operation "
         "not supported", "expandable_segments:False", "ubuntu-drivers"),
        ("WSL2, RTX 3090, vllm 0.27.1 in docker\nRuntimeError: CUDA driver error: device not ready",
         "expandable_segments:False", "ubuntu-drivers"),
        ("ollama uses the CPU after suspend\nrmmod: ERROR: Module nvidia_uvm is in use", "systemctl stop ollama",
         "pip install"),
        ("Strix Halo 128 GB, ubuntu, llama.cpp sees only 62 GB\namdgpu: unknown parameter 'gtt_size' ignored",
         "ttm.pages_limit=25165824", "Modelfile"),
        ("LM Studio on Ubuntu: I downloaded the new AppImage and it is still saying it is 0.3.34", "pkill -f LM-Studio",
         "FUSE"),
        ("RTX 3080, python -m sglang.launch_server\nException: Capture cuda graph failed: CUDA out of memory. Tried to "
         "allocate 298.00 MiB.\n1. set --mem-fraction-static to a smaller value (e.g., 0.8 or 0.7)",
         "--cuda-graph-max-bs 8", "--mem-fraction-static 0.9"),
        ("RTX 5090, sglang.launch_server\nValueError: TRTLLM MHA backend is only supported on Blackwell GPUs (SM100). "
         "Please use a different backend.", "--attention-backend triton", "vllm serve"),
        ("tabbyAPI with exllamav3 0.0.1\nAssertionError: Unknown architecture Qwen3MoeForCausalLM in /m/config.json",
         "0.0.2", "llama.cpp can"),
        ("tabbyAPI\nAssertionError: Unknown architecture Gemma4ForConditionalGeneration in /m/config.json",
         "exllamav3 can load this model from 0.0.29 on", "vLLM"),
        ("LM Studio API error: 401 when my tool connects to http://localhost:1234", "Require authentication", "ollama"),
        ("windows, llama-b10091-bin-win-cuda-12.4-x64\nload_backend: loaded CPU backend from C:\\l\\ggml-cpu-x64.dll\n"
         "warning: no usable GPU found, --gpu-layers option will be ignored", "cudart-llama-bin", "Remove-Item"),
        ("vllm 0.17.1 serve Qwen/Qwen3.5-4B\nModuleNotFoundError: No module named 'flash_attn.ops.triton.rotary'",
         "pip uninstall -y flash-attn", "vllm==0.17.1"),
        ("koboldcpp_cu12.exe: The application was unable to start correctly (0xc0000142)", "another build", "ollama"),
        ("Open WebUI behind nginx\nWebSocket connection to 'wss://a.example.org/ws/socket.io/?EIO=4' failed",
         "Websockets Support", "host.docker.internal"),
        ("Kaggle T4: !ollama serve &\nOSError: Background processes not supported.",
         "subprocess.Popen(['ollama'", "curl"),
        ("colab, ollama pull qwen3:8b\nError: could not connect to ollama server, run 'ollama serve' to start it",
         "localhost” is the notebook's machine", "vllm serve"),
        ("SillyTavern npm install stuck at reify:lodash: timing reifyNode for an hour", "npm cache verify", "pip"),
        ("ollama 0.32.15\n$ ollama run x/flux2-klein:4b\nError: image generation models are not currently supported",
         "ComfyUI", "parallel"),
        ("V100 32G, vllm 0.10.2, Qwen2.5-14B-Instruct-GPTQ-Int4, answers are only !!!!!!!!!!!!!!",
         "GPTQ-Int8", "bfloat16"),
        ("I installed Open WebUI with Pinokio and opening it gives 500: Internal Error", "ollama.com/download", "vllm"),
        ("after updating open webui to 0.5.17 all I see is 500: Internal Error", "mended in 0.5.18", "pinokio"),
        ("open webui in docker, ollama 0.30\nregistry.ollama.ai/library/gemma3:12b does not support tools",
         "Built-in Tools", "--jinja"),
        ("Unsloth: vLLM 0.10.x crashes with std::bad_alloc when standby mode is enabled\nPlease update vLLM: pip "
         "install --upgrade vllm>=0.11.2", "vllm>=0.11.2", "smaller"),
        ("open-webui, OFFLINE_MODE=true\nValueError: No embedding model is loaded. Set RAG_EMBEDDING_MODEL to a "
         "valid SentenceTransformer model name", "once with internet", "pip install"),
        ("huggingface-to-gguf\nAttributeError: type object 'MODEL_ARCH' has no attribute 'ARCEE'",
         "pip install -U ./gguf-py", "transformers=="),
        ("mlx_lm.server on M3, mlx 0.31.2\nRuntimeError: There is no Stream(gpu, 0) in current thread.",
         "pip install -U mlx mlx-lm", "nvidia"),
        ("docker, RX 9060 XT\n(\"Unable to find group render: no matching entries in group file\")",
         "getent group", "usermod"),
        ("docker, llama.cpp:server-vulkan on Ubuntu 25.04, RX 7600\nggml_vulkan: No devices found.",
         "--device /dev/dri", "server-cuda"),
        ("fedora 41: pip install llama-cpp-python\nCMake Error: Could NOT find Vulkan (missing: Vulkan_LIBRARY glslc)",
         "dnf install vulkan-devel", "vulkaninfo --summary"),
        ("ollama 0.5.7 deepseek-r1:671b keeps crashing on long answers\nllama.cpp:11968: The current context does not "
         "support K-shift", "num_predict 8192", "OLLAMA_VERSION"),
        ("ollama, 2x RTX 5060 16GB gpt-oss:20b, the runner gets --ctx-size 40960 --parallel 5 and it runs on the CPU",
         "OLLAMA_NUM_PARALLEL", "rmmod"),
        ("RX 5600 XT, fedora, ollama does not see the card. HIP_VISIBLE_DEVICES=1 is set\nmsg=\"no compatible GPUs "
         "were discovered\"", "HIP_VISIBLE_DEVICES", "nvidia-smi"),
        ("Vulkan chosen but llama-server does not use the GPU, ggml-vulkan.dll is missing. RX 6700 XT, windows",
         "win-vulkan-x64", "nvidia-smi"),
        ("ollama 0.11.8 linux RX 9070, models run on the CPU\nerror=\"amdgpu version file missing: "
         "/sys/module/amdgpu/version stat /sys/module/amdgpu/version: no such file or directory\"", "harmless", "vllm"),
        ("LM Studio 0.3.22, Windows 11: it is in an update cycle, pressing Fix does nothing. Harmony v0.3.2 Missing "
         "libraries", "backends.old", "winget install --id Git"),
        ("LM Studio, Windows 11: any attempt to open it results in the window very briefly appearing before "
         "disappearing. There were two downloads in progress when it closed",
         "drive that holds the models", "koboldcpp.exe"),
        ("linux, torch 2.9.1+cu130, pip install flash-attn\nGuessing wheel URL:  "
         "https://github.com/Dao-AILab/flash-attention/releases/download/v2.8.3/x.whl\nPrecompiled wheel "
         "not found. Building from source...",
         "flash-attention-prebuild-wheels", "kingbri1"),
        ("fedora 44\ncmake -B build -DGGML_CUDA=ON\n#error -- unsupported GNU version! gcc versions later "
         "than 15 are not supported!",
         "g++-15", "apt install gcc-13"),
        ("DGX Spark, vllm\nptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'",
         "TRITON_PTXAS_PATH", "nvcc --version"),
        ("vllm, RTX PRO 6000\nRuntimeError: No supported CUDA architectures found for major versions "
         "[12].",
         "CUDA_HOME=/usr/local/cuda", "cmake"),
        ("vllm, RTX 5090, torch 2.11.0+cu130\nRuntimeError: SM 12.x requires CUDA >= 12.9",
         "CUDA_HOME", "cu126"),
        ("vllm 0.11, flashinfer-python==0.4.0\nRuntimeError: Could not find nvcc",
         "flashinfer-python>=0.4.1", "apt"),
        ("vllm serve a/b\n/bin/sh: 1: :/usr/local/cuda-12.8/bin/nvcc: not found\nninja: build stopped: "
         "subcommand failed.",
         "colon", "apt"),
        ("vllm 0.29\nnvcc fatal   : Unknown option '--compress-mode=size'\nninja: build stopped: "
         "subcommand failed. flashinfer",
         "CUDA 12.8", "apt"),
        ("vllm 0.6.4 OpenGVLab/InternVL2-Llama3-76B-AWQ\n  in load_weights\nKeyError: "
         "'layers.39.mlp.gate_up_proj.qweight'",
         "--quantization awq", "ollama"),
        ("llama-server vulkan -ub 8192 -b 8192\nggml_vulkan: Device memory allocation of size 3959422976 "
         "failed.",
         "-ub 512", "OLLAMA"),
        ("llama-cli -ngl 0 -m x.gguf, vulkan build\nggml_vulkan: Requested buffer size exceeds device "
         "memory allocation limit: ErrorOutOfDeviceMemory",
         "--no-warmup", "OLLAMA"),
        ("llama-server ROCm\n  Device 0: AMD Radeon RX 9070, gfx1201\n  Device 1: AMD Radeon 740M "
         "Graphics, gfx1103\nROCm error: invalid device function\n  current device: 1",
         "HIP_VISIBLE_DEVICES=0", "vllm"),
        ("bitsandbytes 0.45.0, torch 2.9.1+cu130\nConfigured CUDA binary not found at "
         "/x/bitsandbytes/libbitsandbytes_cuda130.so",
         "0.48.0", "BNB_CUDA_VERSION"),
        ("linux, GTX 1080 Ti, torch+cu128, load_in_4bit with bitsandbytes\nError no kernel image is "
         "available for execution on the device",
         "whl/cu126", "xformers"),
        ("tabbyAPI, exllamav3 0.0.43, windows 11, 2x RTX 5070 Ti, tensor_parallel: true\nCUDA error: an "
         "illegal memory access was encountered parallel/barrier.cu:47",
         "1.1.0", "vllm"),
        ("tabbyAPI 2x3090 exllamav3 0.0.15\nRuntimeError: CPU reduce wait timeout",
         "0.0.16", "vllm"),
        ("llama.cpp convert: ValueError: Tokenizer class TokenizersBackend does not exist or is not "
         "currently imported.",
         "PreTrainedTokenizerFast", "nightly"),
        ("linux, own fine-tune with qlora, converted with convert_hf_to_gguf.py\nllama_model_load: error "
         "loading model: missing tensor 'blk.46.attn_norm.weight'",
         "num_nextn_predict_layers", "without MTP in its name"),
        ("LM Studio 0.4.1\nllama_model_load: error loading model: missing tensor "
         "'blk.64.ssm_conv1d.weight'",
         "MTP", "rolling"),
        ("2x RTX 3090, vllm 0.30 Qwen/Qwen3.5-122B-A10B-FP8\nValueError: type fp8e4nv not supported in "
         "this architecture",
         "--moe-backend marlin", "OLLAMA"),
        ("RTX 3090, vllm serve a/b --kv-cache-dtype fp8\nValueError: type fp8e4nv not supported in this "
         "architecture",
         "--kv-cache-dtype auto", "--moe-backend"),
        ("llama-server --cpu-moe, RTX 3090\ncommon_fit_params: failed to fit params to free device "
         "memory: model_params::tensor_buft_overrides already set by user, "
         "abort\nggml_backend_cuda_buffer_type_alloc_buffer: allocating 900.00 MiB on device 0: "
         "cudaMalloc failed: out of memory",
         "stands down", "OLLAMA"),
        ("llama-server --mmproj mmproj-F16.gguf, RTX 4070\nggml_backend_cuda_buffer_type_alloc_buffer: "
         "allocating 900.00 MiB on device 0: cudaMalloc failed: out of memory",
         "--no-mmproj-offload", "OLLAMA"),
        ("linux RX 9070 XT, torch 2.9.1+rocm7.2\nRuntimeError: operator torchvision::nms does not exist",
         "whl/rocm7.2", "--torch-backend"),
        ("mlx_lm on M2 Max\n[metal::malloc] Attempting to allocate 34359738368 bytes which is greater "
         "than the maximum allowed buffer size of 22613000192 bytes.",
         "--prefill-step-size", "wired_limit_mb=1"),
        ("MacBook Pro 2019, intel mac, python 3.13\nERROR: Could not find a version that satisfies the "
         "requirement torch (from versions: none)",
         "torch==2.2.2", "py -3.12"),
        ("windows 11, pip install llama-cpp-python\nerror: Microsoft Visual C++ 14.0 or greater is "
         "required. Get it with \"Microsoft C++ Build Tools\"",
         "abetlen.github.io", "exllamav3/releases"),
        ("linux llama-server\nCUDA error: an illegal memory access was encountered\n  current device: 0, "
         "in function ggml_backend_cuda_synchronize",
         "GGML_CUDA_DISABLE_GRAPHS", "vllm serve"),
        ("vllm on linux\nRuntimeError: CUDA error: an illegal memory access was encountered",
         "--disable-custom-all-reduce", "llama-server"),
        ("strix halo, gfx1151, fedora, llama.cpp rocm\nMemory access fault by GPU node-1 (Agent handle: "
         "0x5635) on address (nil). Reason: Page not present or supervisor privilege",
         "linux-firmware", "vllm"),
        ("vllm -tp 2 on a VMware machine with vGPU\nRuntimeError: NCCL error: unhandled cuda error (run "
         "with NCCL_DEBUG=INFO for details)",
         "NCCL_CUMEM_HOST_ENABLE=0", "sglang"),
        ("2x T4, vllm -tp 2\nNCCL WARN Cuda failure 217 'peer access is not supported between these two "
         "devices'\nRuntimeError: NCCL error: unhandled cuda error",
         "NCCL_CUMEM_HOST_ENABLE=0", "pciPassthru"),
        ("git clone of a model, then vllm\nsafetensors_rust.SafetensorError: Error while deserializing "
         "header: HeaderTooLarge",
         "git lfs pull", "ollama"),
        ("vllm serve turboderp/Llama-3-8B-exl2\nValueError: Unknown quantization method: exl2. Must be "
         "one of",
         "tabbyAPI", "OLLAMA"),
        ("RX 6600, linux, pytorch rocm\nRuntimeError: HIP error: invalid device function",
         "10.3.0", "RX 7000: 11.0.0"),
        ("ImportError: huggingface-hub>=0.34.0,<1.0 is required for a normal functioning of this module, "
         "but found huggingface-hub==1.2.0.",
         "huggingface_hub<1", "sgl"),
        ("Failed to initialize NVML: Driver/library version mismatch after apt upgrade",
         "Restart", "before it"),
        ("vllm RTX 4090\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 "
         "GiB\nCapturing CUDA graph shapes:  40%",
         "CUDA graphs are recorded", "llama-server"),
        ("Jetson Orin Nano, pip install torch\nAssertionError: Torch not compiled with CUDA enabled",
         "jetson-ai-lab", "whl/cu130"),
        ("Tesla P40, docker llama.cpp:server-cuda13\nCUDA error: no kernel image is available for "
         "execution on the device",
         "server-cuda is CUDA 12", "xformers"),
        ("RTX 5080, exllamav2 0.2.4\nRuntimeError: CUDA error: no kernel image is available for execution "
         "on the device",
         "cu128", "server-cuda"),
        ("llama-server sycl, arc b580, linux\nNative API failed. Native API returns: 39 "
         "(UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
         "UR_L0_ENABLE_RELAXED_ALLOCATION_LIMITS", "nvidia-smi"),
        ("windows 11, pip install flash-attn\nerror: command 'cl.exe' failed with exit code 2\nERROR: "
         "Failed building wheel for flash-attn",
         "Do without", "vllm"),
        ("docker llama.cpp:server-rocm, RX 6700 XT, linux\nROCm error: invalid device function",
         "HSA_OVERRIDE_GFX_VERSION away", "VLLM_ROCM"),
        ("text-generation-webui after git pull\nModuleNotFoundError: No module named 'llama_cpp_binaries'",
         "update_wizard", "version before it"),
        ("vllm 0.29.0, A100, NVFP4\nRuntimeError: cutlass_scaled_mm_sm80_epilogue, "
         "/workspace/csrc/scaled_mm_c2x.cu:89\nFailed to find a kernel that can implement the linear "
         "layer",
         "CutlassFP8ScaledMMLinearKernel", "OLLAMA"),
        ("vllm T4, gemma 3 --dtype half\nValueError: The model type 'gemma3' does not support float16. "
         "Reason: Numerical instability. Please use bfloat16 or float32 instead.",
         "--dtype float32", "--dtype half"),
        ("ImportError: This modeling file requires the following packages that were not found in your "
         "environment: timm, einops. Run `pip install timm einops`",
         "names the packages", "nvidia"),
        ("convert_hf_to_gguf.py\nERROR:hf-to-gguf:Model Qwen3_5ForConditionalGeneration is not supported",
         "newest llama.cpp", "koboldcpp.exe"),
        ("macbook m3, transformers\nNotImplementedError: The operator 'aten::_grouped_mm' is not "
         "currently implemented for the MPS device.",
         "PYTORCH_ENABLE_MPS_FALLBACK", "nvidia-smi"),
        ("vllm after pip install -U\nImportError: libcudart.so.12: cannot open shared object file: No "
         "such file or directory",
         "fresh environment", "snap"),
        ("ubuntu 22.04, ROCm 6.4.1, RX 9070 XT\ncmake -S . -B build -DGGML_HIP=ON "
         "-DAMDGPU_TARGETS=gfx1201 -DGGML_HIP_ROCWMMA_FATTN=ON\nIn file included from "
         "llama.cpp/ggml/src/ggml-cuda/fattn-wmma-f16.cu:15:\n/opt/rocm/include/rocwmma/internal/wmma_impl.hpp:120:5: "
         "error: static assertion failed due to requirement '0': Unsupported architecture\nninja: build "
         "stopped: subcommand failed.",
         "GGML_HIP_ROCWMMA_FATTN=OFF", "ollama"),
        ("gfx1151, ROCm 6.4.2\ncmake .. -DLLAMA_HIPBLAS=ON -DAMDGPU_TARGETS=gfx1151\nCMake Warning: "
         "Manually-specified variables were not used by the project: AMDGPU_TARGETS "
         "LLAMA_HIPBLAS\n./llama-cli -ngl 99 -m x.gguf\nwarning: no usable GPU found, --gpu-layers option "
         "will be ignored",
         "-DGGML_HIP=ON", "cudart"),
        ("vllm serve google/gemma-4-31B-it (vLLM 0.26.0)\nRuntimeError: flashinfer-cubin version (0.6.13) "
         "does not match flashinfer version (0.6.14). Please install the same version of both packages. "
         "Set FLASHINFER_DISABLE_VERSION_CHECK=1 to bypass this check.",
         "flashinfer-cubin", "--gpu-memory-utilization"),
        ("Unsloth on a vGPU (A40-48Q), torch 2.5.1+cu121\n  File "
         "\"torch/nn/modules/module.py\"\nRuntimeError: CUDA driver error: operation not supported",
         "expandable_segments:False", "--gpu-memory-utilization"),
        ("gpt-oss-120b on linux, transformers 4.55.0, torch 2.7.1\nImportError: cannot import name "
         "'make_default_matmul_mxfp4_w_layout' from 'triton_kernels.tensor_details.layout'",
         "pip uninstall -y triton_kernels", "triton<3.3"),
        ("LM Studio 0.4.12, Windows 11, RX 9060 XT, Adrenalin 26.5.1: after installing the ROCm runtime "
         "2.13 no VRAM is shown, no backend can be chosen, models stay at 0 percent.",
         "26.3.1", "nvidia-smi"),
        # no driver for Linux inside WSL, no module of the host inside a system container
        ("me@pc:/mnt/c/Users/me$ nvidia-smi\nCommand 'nvidia-smi' not found, but can be installed with:", "card",
         "ubuntu-drivers"),
        ("ollama in an lxc container on proxmox, 3090: msg=\"inference compute\" id=cpu library=cpu", "", "rmmod"),
    ],
)  # fmt: skip
def test_the_likeliest_cure_stands_first_and_no_others_cure_is_told(log: str, first: str, never: str) -> None:
    steps = steps_for(log)
    assert first in said(steps[0])
    assert never not in "\n".join(map(said, steps))
