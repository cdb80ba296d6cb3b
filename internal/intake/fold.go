package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold brings full-width forms to half width, brackets to one of ()[], and the
// traditional characters of this vocabulary to simplified ones. It maps rune to
// rune: offsets in the folded text are offsets in the text.
func fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case r == '　' || r == ' ' || r == '\t':
		return ' '
	}
	switch r {
	case '〔', '【', '［', '〖':
		return '['
	case '〕', '】', '］', '〗':
		return ']'
	case '﹝':
		return '['
	case '﹞':
		return ']'
	case '–', '—', '－', '―':
		return '-'
	}
	if s, ok := simplified[r]; ok {
		return s
	}
	return r
}

// tight drops all white space: two texts that differ only in spaces are one.
func tight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}

// clean makes one line of a paragraph as people meant it: control characters
// out, runs of space to one, and none beside a Chinese character, where
// typesetting put it.
func clean(s string) string {
	rs := make([]rune, 0, len(s)/2)
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u3000' || r == '\u00a0':
			space = true
			continue
		case unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' || r == unicode.ReplacementChar:
			continue
		}
		if space && len(rs) > 0 && narrow(rs[len(rs)-1]) && narrow(r) {
			rs = append(rs, ' ')
		}
		space = false
		rs = append(rs, r)
	}
	return string(rs)
}

// cellClean is clean for a table cell: a space between Chinese characters may
// part two names there, and stays as a line end.
func cellClean(s string) string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) }) {
		if f = clean(f); f == "" {
			continue
		}
		if n := len(out); n > 0 && (narrowEnd(out[n-1]) || narrowStart(f)) {
			if narrowEnd(out[n-1]) && narrowStart(f) {
				f = " " + f
			}
			out[n-1] += f
			continue
		}
		out = append(out, f)
	}
	return strings.Join(out, "\n")
}

func narrowEnd(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return narrow(r)
}

func narrowStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return narrow(r)
}

// narrow is true of letters and digits of the Latin world.
func narrow(r rune) bool { return r < 0x2000 && !unicode.IsSpace(r) }

// width is how many columns a line takes: two for a wide character.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r >= 0x1100 && (r >= 0x2e80 && r <= 0xffe6 || r >= 0x20000 || r == '“' || r == '”') {
		return 2
	}
	return 1
}

// simplified holds the traditional characters that mirrors of plans show in
// the words this package looks for.
var simplified = pairs("責责單单位位牽牵頭头區区縣县鄉乡鎮镇會会員员黨党關关於于發发辦办務务機机構构個个們们來来時时間间節节點点",
	"標标準准項项實实據据應应對对處处險险環环衛卫業业農农產产資资財财經经濟济規规劃划設设計计統统籌筹監监測测",
	"組组織织導导領领進进動动態态學学習习圖图書书讀读聯联絡络體体係系備备註注號号編编則则職职級级類类維维護护",
	"開开啟启驗验報报後后為为從从兩两達达優优見见結结構构總总評评審审執执續续繼继網网線线綱纲紙纸紅红約约紀纪",
	"純纯終终給给絕绝細细緊紧緩缓縮缩績绩繳缴質质費费貫贯貨货販贩貧贫購购貿贸賀贺賠赔賣卖贏赢車车輛辆轉转輸输輕轻",
	"軟软較较載载農农運运過过還还這这違违遠远適适選选遷迁遺遗邊边鄭郑醫医釋释鋼钢錢钱錄录鐵铁長长門门問问閉闭閱阅",
	"階阶隊队陽阳陰阴陳陈際际隨随隱隐難难雲云電电靈灵靜静項项順顺預预頒颁頻频題题額额願愿風风飛飞飯饭養养館馆馬马",
	"驅驱驟骤魚鱼鳥鸟鹽盐麗丽黃黄齊齐龍龙龜龟衝冲衆众眾众術术補补製制複复裝装覆覆觀观視视覺觉觸触訂订討讨訓训記记",
	"許许訴诉診诊証证評评詢询試试詳详認认語语誤误說说課课調调談谈請请論论諮咨諾诺謀谋證证識识議议讓让變变讚赞",
	"營营獎奖獨独獲获獻献環环現现瑪玛瓊琼畢毕畫画當当疊叠療疗癥症盡尽監监盤盘礎础碼码確确礙碍禮礼禁禁種种稱称",
	"積积穩稳窮穷競竞筆笔築筑簡简簽签籃篮糧粮純纯紛纷素素紮扎細细絡络練练縱纵纖纤缺缺羅罗義义聖圣聞闻聲声聽听",
	"肅肃腦脑臉脸臨临興兴舉举舊旧艙舱艦舰藝艺蘇苏藥药蘭兰處处虛虚號号蟲虫衝冲裡里壓压壞坏塊块場场墊垫墾垦增增",
	"夠够夢梦奪夺奮奋婦妇媽妈孫孙寧宁寶宝專专將将尋寻層层屬属島岛峽峡嶺岭幣币師师帶带幫帮幹干幾几庫库廁厕廈厦廠厂廢废廣广廳厅",
	"彈弹強强彙汇徑径復复徵征德德憂忧慮虑慶庆應应懷怀懸悬戰战戲戏戶户拋抛掃扫掛挂採采換换揚扬損损搶抢擁拥擇择擊击擔担擬拟擴扩攝摄",
	"攜携敗败敵敌數数斷断斬斩時时晉晋晝昼暢畅暫暂曆历書书東东條条極极楊杨榮荣構构槍枪樂乐樓楼樣样橋桥檔档檢检權权歲岁歷历殘残殺杀",
	"氣气決决沒没況况洩泄潔洁淨净減减渦涡測测溝沟溫温滅灭滿满漁渔漢汉潛潜澤泽濁浊濃浓濕湿濱滨灣湾災灾為为烏乌無无煙烟熱热燈灯燒烧爐炉爭争",
	"爺爷牆墙狀状猶犹獄狱環环異异盜盗眾众睜睁礦矿禍祸稅税穀谷範范簿簿紐纽組组緒绪縣县繪绘纜缆罰罚罷罢聰聪膚肤臺台與与萬万葉叶著着蓋盖薦荐蕭萧",
	"藍蓝蘆芦虧亏衊蔑裏里誌志誠诚譽誉豐丰豬猪貪贪貴贵貸贷買买賓宾賞赏賢贤賬账贈赠趕赶趙赵跡迹踐践軌轨軍军輔辅輝辉輪轮辭辞農农迴回遞递遲迟遼辽郵邮鄰邻",
	"醬酱釀酿針针鈉钠鈣钙鉛铅銀银銅铜銘铭銷销鋒锋錯错鍋锅鍛锻鎖锁鎮镇鏈链鏡镜鐘钟鑒鉴閃闪閘闸閣阁闊阔闡阐陸陆雙双雜杂離离韓韩響响頁页頂顶須须頓顿飲饮飽饱餐餐駐驻駕驾騙骗鬆松鬧闹")

func pairs(texts ...string) map[rune]rune {
	m := map[rune]rune{}
	for _, t := range texts {
		rs := []rune(t)
		for i := 0; i+1 < len(rs); i += 2 {
			if rs[i] != rs[i+1] {
				m[rs[i]] = rs[i+1]
			}
		}
	}
	return m
}
