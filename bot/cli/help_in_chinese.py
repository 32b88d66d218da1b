"""The help of every command and option in Chinese, by its English text; and what click itself says."""

OPTIONS = {
    "Context in tokens; default 8192.": "上下文长度（token），默认 8192。",
    "Type of the KV cache.": "KV 缓存的类型。",
    "Default: this computer's.": "默认是这台电脑的系统。",
    "Print the script itself, to run where Wenzhen is not installed.": "输出脚本本身，拿到没装问诊的电脑上运行。",
    "Why no user meets what is dismissed; kept in the ledger.": "为什么用户碰不到这些忽略掉的消息；记进台账。",
    "Keep the counts in the ledger, for wenzhen knowledge stats.": "把统计数记进台账，供 wenzhen knowledge stats 用。",
    "Only say which are stale.": "只报告哪些过时了。",
    "VRAM that another program holds, e.g. 2GB.": "被别的程序占用的显存，例如 2GB。",
    "Load the picture part (mmproj) too.": "同时加载图像部分（mmproj）。",
    "A small model that drafts for the large one, or mtp, dflash, eagle3.": (
        "给大模型打草稿的小模型，或者 mtp、dflash、eagle3。"
    ),
    "Loader; default: the usual ones for the format.": "加载器，默认是这种格式常用的那几个。",
    "ExLlama: type of the cache, such as q4, q8 or 8,4 (keys, values).": (
        "ExLlama：缓存的类型，例如 q4、q8 或 8,4（键、值）。"
    ),
    "vLLM: share of each card; default 0.92.": "vLLM：每张卡用多大比例，默认 0.92。",
    "vLLM: requests at once; default 256 (1024 from 70 GiB on).": (
        "vLLM：同时处理的请求数，默认 256（70 GiB 以上为 1024）。"
    ),
    "vLLM: tokens of one step; default 2048 (8192).": "vLLM：每一步的 token 数，默认 2048（8192）。",
    "vLLM: cards that share each layer.": "vLLM：几张卡分担每一层。",
    "vLLM: cards that share the layers out.": "vLLM：几张卡按层分工。",
    "vLLM: type of the KV cache.": "vLLM：KV 缓存的类型。",
    "vLLM: requests share no beginnings.": "vLLM：请求之间不共用相同的开头。",
    "vLLM: its version, where it is an old one.": "vLLM：版本号，旧版本才需要写。",
    "vLLM: no CUDA graphs.": "vLLM：不用 CUDA graph。",
    "vLLM: do not load the picture part.": "vLLM：不加载图像部分。",
    "vLLM: what guesses the next tokens, as it takes it.": "vLLM：用什么猜后面的 token，写法和 vLLM 一样。",
    "vLLM: tokens that the model's own MTP layer drafts.": "vLLM：模型自带的 MTP 层预测几个 token。",
    "Ask no hub; use the built-in catalog.": "不联网，只用自带的目录。",
    "Write a PNG of memory over context.": "把内存随上下文变化的图存成 PNG。",
    "The chart on white instead of dark.": "图用白底，不用深色底。",
    "Language of the answer; default: the locale.": "回答的语言，默认跟随系统。",
    "Print one JSON document.": "输出一个 JSON。",
    "Read JSON Lines from standard input.": "从标准输入读 JSON Lines。",
    "The loader that printed the log, e.g. koboldcpp.": "日志是哪个加载器的，例如 koboldcpp。",
    "One JSON document.": "输出一个 JSON。",
    "JSON Lines from standard input: id, text, loader.": "从标准输入读 JSON Lines：id、text、loader。",
    "Context in tokens; default 8192, with vLLM the trained one.": (
        "上下文长度（token），默认 8192，vLLM 则是模型训练时的长度。"
    ),
    "Type of the K cache.": "K 缓存的类型。",
    "Type of the V cache.": "V 缓存的类型。",
    "Tokens computed at once.": "一次计算的 token 数。",
    "Tokens of one request.": "一次请求的 token 数。",
    "Slots that share the context.": "共用上下文的槽位数。",
    "Flash attention.": "Flash attention。",
    "Rows of logits; default: one for each slot.": "logits 的行数，默认每个槽位一行。",
    "Driver.": "驱动。",
    "Shares of several GPUs, e.g. 3,1.": "多张显卡的分配比例，例如 3,1。",
    "Layers' tensors that stay in RAM: exps=CPU.": "留在内存里的张量，比如 exps=CPU。",
    "First layers whose experts stay in RAM.": "前几层的专家留在内存里。",
    "Keep the KV cache in RAM.": "KV 缓存放在内存里。",
    "Window layers keep the whole context.": "滑动窗口层也保留全部上下文。",
    "Slots share one cache, or have one each.": "各槽位共用一份缓存，还是各用各的。",
    "Picture part; auto: as large as this model's is.": "图像部分的文件；auto：按这个模型的图像部分算。",
    "A small model that drafts for this one, or mtp, dflash, eagle3.": "给它打草稿的小模型，或者 mtp、dflash、eagle3。",
    "Layers on the GPU, the output layer included.": "放到显卡上的层数，含输出层。",
    "Loader; default: the usual one for the format.": "加载器，默认是这种格式常用的那个。",
    "The card or cards, to see whether it fits: 24, 24GB, 4090, 2x3090.": (
        "显卡，用来判断放不放得下：24、24GB、4090、2x3090。"
    ),
    "One JSON document, sizes in bytes.": "输出一个 JSON，大小以字节为单位。",
    "JSON Lines from standard input; overhead only with `backend`.": (
        "从标准输入读 JSON Lines，写了 `backend` 才算驱动开销。"
    ),
    "Share of characters damaged at random.": "随机损坏多大比例的字符。",
    "Seed of the damage.": "损坏用的随机种子。",
    "List every case that was missed.": "列出每个没认出来的案例。",
    "One JSON document instead of tables.": "不用表格，输出一个 JSON。",
    "Show what was said where it was not right.": "答错的地方显示当时说了什么。",
    "JSON Lines from standard input: id, model.": "从标准输入读 JSON Lines：id、model。",
    "JSON Lines from standard input: id, question.": "从标准输入读 JSON Lines：id、question。",
    "Folder of the knowledge.": "知识库的文件夹。",
    "SillyTavern's public/locales/zh-cn.json: names are compared with it.": "酒馆的 zh-cn.json：拿它核对菜单名。",
    "Who prints the messages; else the name of SOURCE.": "消息是哪个程序的，默认取 SOURCE 的名字。",
    "The version of the source, kept with what is dismissed.": "源码的版本，和忽略的内容一起记录。",
    "Only files whose path holds this.": "只看路径里有这些字的文件。",
    "Dismiss the digests given on standard input (one a line, or JSON Lines).": (
        "忽略标准输入里给出的摘要值（一行一个，或 JSON Lines）。"
    ),
    "Dismiss all that is listed: read it first.": "忽略列出的全部内容，请先看一遍。",
    "Add the entry to this file of models.": "把条目加到这个模型文件里。",
    "Draft it from a cluster of unknown errors (see `knowledge unknown`).": (
        "用一组未知报错起草（见 `knowledge unknown`）。"
    ),
    "The new entry's id.": "新条目的 id。",
    "Its failure class.": "它的故障类别。",
    "The folder it goes into.": "放进哪个文件夹。",
    "What the log says.": "日志里的原话。",
    "A short title.": "简短的英文标题。",
    "The same in Chinese.": "中文标题。",
    "A file, else standard output.": "写到文件，默认标准输出。",
    "How many.": "几条。",
    "Bytes for the loader's own accounting, instead of VRAM.": "按加载器自己的算法给多少字节，代替 VRAM。",
    "Loader, for its batch sizes.": "加载器，决定批大小。",
    "JSON Lines from standard input, each with gpu_budget.": "从标准输入读 JSON Lines，每行带 gpu_budget。",
    "Where the message stands.": "消息在哪里。",
    "The title of the post.": "帖子的标题。",
    "JSON Lines from standard input: id, text, title, attachments ...": (
        "从标准输入读 JSON Lines：id、text、title、attachments 等。"
    ),
    "The post stands in a help forum: it is a request anyway.": "帖子在求助论坛里，一定是求助。",
    "JSON Lines from standard input: id, text.": "从标准输入读 JSON Lines：id、text。",
}
# By name; commands of a group under "group command". The others stand in the table of commands.
COMMANDS = {
    "eval calibrate": "带标注的日志：显示的把握是不是名副其实（整个程序、整年、整类轮流留出）。",
    "eval diagnose": "带标注的日志：第一名、前三名、误报、认错成什么。",
    "eval faq": "带标注的问题：答对多少，答错却很有把握的多少。",
    "eval memory": "实测的内存：估算误差的分位数。",
    "eval names": "带标注的模型名：读对多少部分。",
    "eval reply": "带标注的求助帖：类型对不对、有没有帮助、多余的提问、打扰了别人多少次。",
    "eval similar": "带标注的帖子：新帖能不能找到同样原因、已经解决的帖子。",
    "eval triage": "带标注的求助：每一项的准确率和召回率。",
    "knowledge cases": "把答疑者确认或更正过的诊断写成带标注的案例，供 `wenzhen eval diagnose` 使用。",
    "knowledge check": "检查全部数据，并运行每个例子和近似例。",
    "knowledge harvest": "列出程序能打印、而知识库既没回答也没忽略的消息。",
    "knowledge model": "Hugging Face 上某个模型的目录条目。",
    "knowledge new": "写一个新条目的骨架，再手工补全。",
    "knowledge page": "把全部故障写成一页 Markdown。",
    "knowledge search": "按关键词找条目，中英文都行。",
    "knowledge schema": "按数据结构重新生成各文件的 schema。",
    "knowledge show": "按读者看到的样子显示一个条目。",
    "knowledge stats": "有多少条目：按领域、类别、程序、时间；哪些类别还没有。",
    "knowledge unknown": "列出机器人遇到的、最常见的未知报错。",
    "knowledge untranslated": "写出另一种语言还缺的内容，YAML 格式。",
    "knowledge variables": "列出文本里能用的变量、来源，以及在命令里的类型。",
}
# What click says, in the order in which it is replaced.
CLICK = (
    ("Usage:", "用法："),
    ("Options:", "选项："),
    ("Commands:", "命令："),
    ("Show this message and exit.", "显示这份帮助。"),
    ("Show the version and exit.", "显示版本号。"),
    ("[required]", "[必填]"),
    ("[default: ", "[默认："),
)
