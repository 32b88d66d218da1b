"""Traditional Chinese read as Simplified, so that the phrases of the knowledge, written in Simplified, find it.

Single characters, and the words that Taiwan and Hong Kong put differently. Only what is met in this field: for reading,
never for what is said.
"""

from bot.base.late import late

_PAIRS = (
    "麼么 嗎吗 們们 個个 來来 這这 時时 會会 對对 說说 與与 為为 問问 題题 請请 謝谢 過过 還还 後后"
    " 間间 開开 關关 書书 車车 長长 門门 東东 見见 電电 腦脑 顯显 體体 載载 設设 變变 讀读 寫写 檔档 錯错"
    " 誤误 報报 裝装 啟启 動动 運运 執执 應应 該该 選选 擇择 聯联 網网 線线 連连 結结 無无 認认 證证 環环"
    " 數数 據据 庫库 內内 隱隐 視视 錄录 檢检 測测 試试 驗验 軟软 頁页 瀏浏 覽览 務务 業业 專专 區区 塊块"
    " 級级 語语 簡简 轉转 換换 譯译 總总 讓让 從从 將将 給给 點点 擊击 鍵键 盤盘 標标 籤签 調调 節节 溫温"
    " 懲惩 罰罚 複复 單单 雙双 類类 種种 樣样 處处 維维 護护 備备 註注 釋释 義义 壓压 縮缩 傷伤 層层 張张"
    " 幾几 兩两 隻只 雜杂 亂乱 碼码 圖图 畫画 聽听 覺觉 愛爱 國国 際际 誰谁 沒没 買买 賣卖 貴贵 錢钱 價价"
    " 機机 構构 學学 習习 練练 訓训 導导 師师 資资 訊讯 號号 輸输 紅红 綠绿 藍蓝 黃黄 顏颜 風风 飛飞 馬马"
    " 齊齐 緊紧 輕轻 歡欢 樂乐 歷历 歸归 殘残 毀毁 滅灭 淺浅 濃浓 夠够 繼继 續续 獨独 卻却 龍龙 鐘钟 頭头"
    " 發发 當当 進进 遠远 邊边 裡里 裏里 別别 麗丽 經经 現现 實实 確确 決决 況况 邏逻 輯辑 窮穷 聲声 響响"
    " 態态 熱热 燈灯 優优 勝胜 劃划 劇剧 則则 創创 勸劝 協协 參参 員员 嚴严 團团 圍围 場场 壞坏 壽寿 夢梦"
    " 奪夺 妝妆 嘗尝 嘆叹 寬宽 寶宝 屬属 歲岁 幣币 幫帮 廠厂 廣广 彈弹 強强 徑径 憶忆 懷怀 戰战 戲戏 擔担"
    " 擴扩 攝摄 敗败 敵敌 斷断 暫暂 極极 榮荣 橋桥 權权 殺杀 氣气 漢汉 漸渐 濾滤 灣湾 牆墙 狀状 獲获 產产"
    " 畢毕 異异 療疗 盡尽 監监 盜盗 眾众 礎础 禮礼 稱称 穩稳 筆笔 範范 糾纠 約约 納纳 純纯 細细 終终 組组"
    " 絕绝 統统 緒绪 編编 緩缓 縫缝 織织 績绩 罷罢 職职 腳脚 臨临 舉举 舊旧 藝艺 蘋苹 補补 觀观 計计 訂订"
    " 記记 訪访 評评 詞词 詢询 話话 詳详 誠诚 課课 論论 諾诺 謎谜 識识 議议 豐丰 負负 質质 贊赞 趕赶 跡迹"
    " 躍跃 軌轨 較较 輔辅 輪轮 農农 適适 遞递 遲迟 遺遗 鄰邻 醫医 釘钉 針针 鈕钮 鋪铺 錦锦 鎖锁 鏈链 鏡镜"
    " 鐵铁 閃闪 閉闭 閱阅 陣阵 隊队 階阶 隨随 險险 雖虽 難难 雲云 頂顶 項项 順顺 預预 頻频 願愿 顧顾 驅驱"
    " 驚惊 鬧闹 魚鱼 鳥鸟 齒齿 臺台 僅仅 併并 佔占 倉仓 側侧 億亿 儲储 儘尽 刪删 劑剂 勢势 匯汇 鎮镇 顆颗"
    " 廢废 爛烂 燒烧 獎奖 瘋疯"
)
_CHARACTERS = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
_WORDS = {
    "记忆体": "内存", "显示卡": "显卡", "显示记忆体": "显存", "视讯记忆体": "显存",
    "伺服器": "服务器", "软体": "软件", "硬碟": "硬盘", "网路": "网络",
    "档案": "文件", "资料夹": "文件夹", "程式": "程序", "萤幕": "屏幕",
    "视窗": "窗口", "滑鼠": "鼠标", "影片": "视频", "设定": "设置",
    "下载点": "下载地址", "资讯": "信息", "讯息": "消息", "执行绪": "线程",
    "列印": "打印", "支援": "支持", "连结": "链接", "预设值": "默认值",
    "回覆": "回复",
}  # fmt: skip
_WORD = late("|".join(sorted(_WORDS, key=len, reverse=True)))


def simplified(text: str) -> str:
    """The text with Traditional characters and words as Simplified ones; anything else stays as it is."""
    if text.isascii():
        return text
    turned = text.translate(_CHARACTERS)
    return turned if turned == text else _WORD.sub(lambda found: _WORDS[found.group()], turned)
