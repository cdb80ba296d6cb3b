package intake

import (
	"regexp"
	"strings"
)

// How names of bodies end (organEnd surely; looseEnd, officeEnd and placeEnd where more says so), what is behind a name
// whose bearer acts (actsNow, actsVerb), and what begins no name (notPlace, notActor).
var (
	organEnd  = regexp.MustCompile(`(?:(?:气象|电视|广播|天文|融媒)台|(?:部|总局|署|办|委)[\p{Han}]{2,10}司|政府|管委会|管理委员会|委员会|办公室|办事处|管理处|管理局|局|厅|街道办|公司|集团|中心|支行|分行|农商行|大队|支队|总队|指挥部|领导小组|专班|供销社|信用社|督查室|督察室|督导室|监察室|研究室|政研室|教研室|档案室|档案馆|图书馆|文化馆|博物馆|法制办|编办|治超办|安委办|银行|村委会|居委会|村\([居社区、]+\)(?:委会|民委员会)?|村民委员会|委会|防指|联合会|总工会|妇联|残联|文联|科协|社科联|工商联|侨联|法院|检察院|[省市县区]委|[省市县区]委[\p{Han}]{2,8}(?:部|办)|水利委|^[省市县区]级?财政|委)$`)
	looseEnd  = regexp.MustCompile(`(?:署|院|所|站|馆|林场|农场|处|科|股|执法队|服务队|体检队|医疗队|小分队|中队|工作队|(?:医生|医护|服务|技术|专家|志愿者?)团队|门诊|卫生室|警务室|队伍|处|办|部|学校|医院|大学|学院|协会|合作社|小学|中学|幼儿园|高校|企业|单位|部门|科室|股室|处室|机构|机关|网点|工会|团委|党委|党支部|园区|开发区|高新区|经开区|新区|街道|社区|(?:编辑|编写|编纂|筹备|评审|评议|领导|检查|督导|督查|督察|巡查|工作|专项|推进|指导|教研|年级|考核|验收|评估|专家|攻坚|保障|协调|包保|帮扶|执法)组|试点[省市县区乡镇村]+|示范[市县区]|(?:试点|示范|创建|项目)(?:地区|单位|城市|县市|企业|学校|社区|乡镇))$`)
	officeEnd = regexp.MustCompile(`(?:办|队|科|股|专班|(?:林业|农技|水利|畜牧|农机|国土|文化|管理|监督|检测|监测|检验|服务|推广|防疫|执法|养护|路政|环卫|园林|植保|种子|经管|统计)站|(?:财政|司法|派出|供电|监管|市监|税务|管理|监督|执法|环卫|水利)所|卫生院)$`)
	placeEnd  = regexp.MustCompile(`^(?:各?[\p{Han}]{2,5}(?:县|市|区|镇|乡|街道|州|旗)|各[\p{Han}]{0,8}[县市区镇乡村](?:\([市县区旗、]+\))?)$`)
	notPlace  = regexp.MustCompile(`^(?:全|本|城|主城|老城|新城|中心城|城市|农村|我|辖|库|灌|景|小|片|地|郊|山|林|牧|矿|厂|校|工业|产业|重点|周边|沿河|流域|汛|滩)|(?:建成|城|景|灌|库|小|片|地|山|林|矿|厂|校|社|流域|生活|保护|缓冲|核心|功能|居民|滩|汛)区$`)
	// actsNow are the words behind a name that say its bearer acts.
	actsNow  = regexp.MustCompile(`^(?:作为[^,。;]{2,16},|年[初中终末]|“[^”]{1,8}”期间|(?:行动|整治|活动|普查|检查)期间|已[于在经]?|正在|正[组筹编推抓加]|拟(?:于|在|\d)|定于|决定(?:于|在|自|\d|开)|计划(?:于|在|\d|用|年|[今明本])|半[年个月]|[一二两三四五六七八九十]{1,3}个?(?:工作日|自然日|小时|星期|周|天|日|年|半?月)[以之]?内|周[一二三四五六日]|近期|书面|用[\d一二两三四五六]+(?:年|个月)|接(?:通知|文|函)|全年|年度[完新建改]|[本下]月|[本下]周|月底|国庆|五一|“?[五七八六]一”?(?:前|儿童节|建党节|建军节)|(?:教师|植树|妇女|儿童|青年)节|世界(?:水|环境)日|端午|中秋|元旦|清明|正月|腊月|冬月|农历|除夕|元宵|重阳|小年|腊八|入冬|入夏|[春夏秋冬]季|要|应当?|须|需|务[必于在须]|限(?:于|在|期|\d)|负责|牵头|会同|分别|各自|共同|同步|率先|先后|具体负责|统筹|分[一二两三四五六\d](?:批|期|步|段|组|类|片|档|个?阶段|个?批次|年)|分(?:年度?|批次?|期|步|类|级|别|片|段|组|阶段|季度?)|定期|及时|立即|按时|按期|限期|力争|确保|将(?:于|在)|于|在|(?:19|20)\d\d|\d{1,2} ?[年月日]|[一二三四]季度|第[一二三四]季度|[上下]半年|年[底内]|[本今明]年|每[年月季周日天半旬逢两双个学隔单座处所家名一二三四五六十\d]|季度?结束|季后|月度结束|年度结束|[一二三四五六七八九十]{1,3}月|自(?:\d|[本今]|印发|即日|收到|接到|接)|从\d|不迟于|不晚于|最迟|最晚|必须|尽快|截至|截止|按[月季年周]|逢|[双单]月\d|即日|春节前|汛前|入汛前|到(?:年底|年末|\d|[本今明]年))`)
	actsVerb = regexp.MustCompile(`^(?:逐\p{Han}|足额|择优|全部|均|都|各|一律|全面|深入|切实|认真|扎实|逐步|积极|严格|集中|重点|统一|全力|抓紧|尽快|从严|联合|协同|共同|同步|分别|持续|不定期|适时|择机|随时|进一步|依法|主动|综合|集体|现场|实地|随机|当场|至少|同期|按要求|按照要求|严厉|大力|着力|有序|稳步|精准|科学|高效|快速|迅速|如期|从快|从速|严肃|提前|全程|常态化|按程序|按计划|按规定|依规|依职责|分头|靠前|加快|加大|充分|逐一|再次|继续){0,2}` +
		`(?:举一反三|汲取|吸取|倒排|挂图|挂账|向|为|给|完成|巩固|开展|组织|梳理|制定|建立|推进|推动|加强|加快|拆除|清理|整治|整改|整顿|排查|落实|实施|出台|印发|报送|上报|编制|印制|编印|制作|张贴|绘制|建成|建设|启动|指导|督促|督办|督查|协调|通报|统计|核查|核实|检查|巡查|公布|发布|承担|承办|研究|收集|汇总|提交|拨付|安排|培训|抽查|验收|召开|举办|打造|新建|改造|修订|修复|恢复|修缮|起草|审核|公示|公开|监测|监督|约谈|更新|养护|形成|总结|跟踪|严查|严打|维护|管理|筹措|选取|选定|遴选|抽取|出具|审定|批复|拟定|拟订|草拟|报告|汇报|递交|提出|厘清|摸排|掌握|登记|采取|试行|推出|公告|下达|分解|细化|邀请|开放|开通|开工|迁建|扩建|续建|修编|编印|清退|清零|清查|清缴|归集|征收|支付|兑付|结清|解决|抢修|更换|维修|检修|巡护|值守|补植|绿化|播种|储运|供应|投放|回收|拆迁|腾退|搬迁|安置|救助|慰问|走访|收回|盘活|消除|严控|管控|统筹|主持|发起|牵头|负责|划定|加固|疏浚|治理|` +
		`关停|取缔|淘汰|提供|委托|保障|支持|做好|抓好|争取|引进|推广|培育|保护|铺设|安装|购置|采购|选派|发放|兑现|补齐|摸清|认定|评估|评选|宣传|曝光|查处|打击|规范|优化|完善|健全|强化|深化|压减|压实|压缩|降低|提高|提升|扩大|增加|减少|化解|处置|受理|办理|答复|反馈|签订|对接|履行|贯彻|实行|推行|传达|部署|研判|调度|会商|履行|成立|设立|明确|配备|储备|对照|把|将|对|按|结合|根据|依据|依托|参照|围绕|利用|通过|以|收到|接到|组建|配齐|备足|备齐|调运|预拨|划拨|筹集|抽调|聘请|签署|出动|设置|开设|增设|新增|承接|牵头|采集|录入|填报|上传|核定|核算|结算|清算|评审|审批|审计|巡诊|体检|接种|消杀|救助|走访|入户|上门|慰问|招录|招聘|关闭|整合|搬迁|拓宽|疏浚|清淤|清运|清除|清扫|清掏|会诊|拆违|供应|投放|派出|派驻|派员|发动|动员|承办|试点|选树|命名|表彰|奖励|兑付|统筹|联合|会商|出资|配套|储粮|储煤|改建|修建|加装|拆改|加固|除险|补种|造林|抚育|育苗|播种|收购|收储|轮换|疏通|疏导|贯通|打通|接通|联通|送达|送审|报批|报请|报备|备案|登记|造册|建档|立卡|归类|测算|测绘|勘察|勘测|勘界|踏勘|印刷|刊发|刊登|播出|播放|播发|推送|推介|推荐|评定|鉴定|检定|检疫|检验|校验|试验|调试|调整|调查|调研|调配|调剂|调拨|采买|采办|招募|招标|招商|招引|引种|移栽|移植|栽植|栽种|补栽|修剪|灌溉|喷洒|洒水|清洗|冲洗|保洁|打捞|接管|接收|接访|约访|下访|下沉|派驻|下派|下调|上调|上线|上架|退还|返还|归还|追缴|追回|问询|询价|核减|核发|核准|换发|换证|补发|补办|补充|补偿|赔偿|赔付|理赔|扩容|扩种|增种|增派|增补|颁发|颁布|奖补|惩戒|处理|减排|减免|削减|压降|延长|延伸|续签|签约|签发|签收|批准|批复|转办|转交|转发|停产|停业|停用|停止|暂停|封堵|封存|封闭|封育|围挡|覆土|回填|填埋|开挖|开垦|开发|开具|加密|加强|加派|加盖|加高|加宽|拓展|改善|改良|改进|改正|更正|纠正|纠治|整理|修补|维护|稳控|调解|调处|审理|审结|执结|结案|结项|结转|清欠|清偿|偿还|支出|列支|编入|拍摄|刻制|研制|研发|演练|演示|参展|参加|协商|商定|函告|函询|发函|通知|告知|提醒|提示|警示|发送|预防|防范|防治|防控|防护|保持|保留|储存|装修|运输|转运|外运|构建|创建|承建|代建|监控|看护|照护|探访|家访|复检|复垦|复绿|还田|离田|收割|辅导|帮扶|帮教|援助|救治|救援|抢险|抢通|抢收|抢种|巡检|巡河|巡林|巡田|巡逻|夜查|暗访|明查|进驻|入驻|蹲点|锁定|划转|划分|界定|确定|确权|颁证|办结|设定|树立|悬挂|粘贴|涂刷|粉刷|美化|亮化|硬化|净化|细化|量化|盘点|清点|腾空|腾出|交付|交办|轮训|轮岗|选拔|选聘|选调|选址|测评|考察|排名|冲刺|迎检|申请|申报|申领|申办|自查|自评|自纠|对账|收取|代征|免征|减征|催缴|催收|变更|注销|吊销|撤销|合并|分设|迁移|迁入|搬入|开馆|开园|开班|开课|授课|宣讲|培育|带队|带头|领办|领衔|包抓|包保|包联|联系|走进|深入|排出|列出|拿出|摸底|普查|抽检|检测|送检|公开|回访|复查|复核|复验|核销|归档|移交|移送|立案|办结|搭建|开辟|选配|增派|组成|汇编|编写|编发|撰写|刊印|摄制|拟制|出版|编辑|展播|巡展|巡演|评议|评比|评奖|举行|会审|联审|审查|复审|初审|终审|审验|踏查|勘验|采样|抽样|取样|进场|推荐|举荐|运用|借助|用好|分析|学习|观摩|交流|比对|核对|导入|校对|校核|汇交|备份|割接|切换|联调|升级|推选|推举|选出|挑选|筛选|甄选|征求|听取|采纳|回应|问责|约见|垫付|垫资|缴纳|缴存|缴清|补缴|划归|接续|承保|投保|扩面|提标)`)
	notActor = regexp.MustCompile(`纳入|列入|计入|履职|抄送|每[周月日天季年]|轮流|员向|[一两二三]次|^(?:公布|发布|公示|通报|择优|重点查处|严肃查处|积极争取|积极|与|接受|预计|具体以|拟|据|报[^业社刊警国恩]|转[交办送发有各市县区省相]|发现|送[交达至]|交[由至给付]|上报|呈[报送]|提请|抄送|递交|会同|联合|配合|协助|督促|责成|委托|对|把|将|在|按|为|以|用|经[^开济信发贸管合]|向|从|自|到|至|凡|全|完成|开展|推进|推动|加强|加快|建成|建设|建立|制定|启动|实施|落实|组织|做好|抓好|确保|力争|争取|清理|整治|拆除|改造|新建|关于|根据|结合|围绕|通过|依托|鼓励|支持|引导|督促|指导|协调|配合|深化|强化|优化|健全|完善|规范|提升|提高|严格|严禁|继续|持续|进一步|同时|并|其中|每|该|此|这|那|未|不|已|上述|以上|以下|下列|逐|再|再次|出台|印发|报送|上报|编制|召开|举办|一是|二是|三是|其余|其他|剩余)|[在对把将\d]`)
)

// shortOffice is a part of one body in two characters: 党办每月开展调查.
var shortOffice = regexp.MustCompile(`^(?:[党院校厂局院所站馆]办|[省市县区州总]局|纪委|团委|工会|党委|妇联|残联)$`)

// withBody is behind a body that does something with another: 市局|与市自然资源局联合发布.
var withBody = regexp.MustCompile(`^(?:与|同|联合|会同)[省市县区州][\p{Han}]{1,12}?(?:局|委|办|中心|厅|公司|支队|大队)`)

// plainSubject is the body that a sentence begins with, told by the end of its name
// and by what follows: 市政管理处要于…, 国家医保局于…, 各试点县2022年….
func (k *committer) plainSubject(f string) string {
	f = strings.TrimPrefix(f[:min(len(f), 300)], "由")
	name, known := k.begins[f]
	if !known {
		if k.begins == nil {
			k.begins = map[string]string{}
		}
		name = k.firstBody(f)
		k.begins[f] = name
	}
	return name
}

// firstBody is plainSubject of a text that was not asked about before.
func (k *committer) firstBody(f string) string {
	rs := []rune(f)
	depth := 0
	for end := 1; end <= min(len(rs)-1, 26); end++ {
		r := rs[end-1]
		switch {
		case r == '(':
			depth++
		case r == ')':
			if depth--; depth < 0 {
				return ""
			}
		case depth == 0 && r == '、' && placeList(rs[:end-1], rs[end:]):
		case depth == 0 && strings.ContainsRune(",。;:\n、", r):
			return ""
		}
		if rest := string(rs[2:]); end == 2 && shortOffice.MatchString(string(rs[:2])) && (actsNow.MatchString(rest) || actsVerb.MatchString(rest) || withBody.MatchString(rest)) {
			return string(rs[:2])
		}
		if end < 3 || depth > 0 {
			continue
		}
		if !strings.ContainsRune("府会室诊伍台处局厅办道司团心队部组班行妇院委署店市地所站馆场联协科股校学社业位门科构关园组政点区镇乡县市州旗村指)", r) {
			continue
		}
		name, rest := string(rs[:end]), string(rs[end:])
		loose := looseEnd.MatchString(name)
		organ := strings.HasSuffix(name, "部门") && end > 3 || strings.HasPrefix(name, "各") && (loose || eachPlace.MatchString(name)) || organEnd.MatchString(name) || officeEnd.MatchString(name) && levelOf(name) != ""
		loose = loose || placeEnd.MatchString(name) && !notPlace.MatchString(name)
		if i := strings.LastIndex(name, "由"); i > 0 { // 所需资金由区财政局
			return ""
		}
		if throughHands.MatchString(name) || verbEach.MatchString(name) {
			return ""
		}
		if verbThenUnit(name) || !organ && !loose || notActor.MatchString(name) && !likeVerb.MatchString(name) || strings.Contains(name, "--") || notUnit.MatchString(name) || isBuilt(name, rest) {
			continue
		}
		if more, ok := strings.CutPrefix(rest, "会"); ok && committee.MatchString(name) && (actsNow.MatchString(more) || actsVerb.MatchString(more)) {
			continue // 经开区管委|会同步开展
		}
		if actsNow.MatchString(rest) || loose && (levelOf(name) != "" && setsUp.MatchString(rest) || toWhat.MatchString(rest)) || end <= 6 && actsVerb.MatchString(rest) && (ownOffice.MatchString(name) && !noOffice.MatchString(name) || strings.HasSuffix(name, "街道") && placeEnd.MatchString(name) && !notPlace.MatchString(name)) {
			return name
		}
		if organ && actsVerb.MatchString(rest) { // 市政府, unless 市政府督查室 goes on to act
			for more := end + 1; more <= min(end+8, len(rs)-1); more++ {
				if longer := string(rs[:more]); !guides(rest, string(rs[end:more])) && organEnd.MatchString(longer) && (actsNow.MatchString(string(rs[more:])) || actsVerb.MatchString(string(rs[more:]))) {
					return longer
				}
			}
			return name
		}
		for _, and := range []string{"、", "和", "及", "与", "会同", "联合"} {
			if more, ok := strings.CutPrefix(rest, and); ok && (organ || levelOf(name) != "" || officeEnd.MatchString(name) || strings.HasSuffix(name, "学院") && end > 3) && k.plainSubject(more) != "" {
				return name
			}
		}
	}
	return ""
}

// verbEach is what is done to all of a kind: 检查各单位归档情况.
var verbEach = regexp.MustCompile(`^(?:检查|抽查|督促|督导|指导|通报|考核|组织|要求|走访|了解|核查|审核|验收|评估|听取|约谈|帮助|支持|引导|协调|统计|汇总|征求)(?:各|有关|相关)`)

// throughHands is a sentence of a paper that goes through hands, and no name: 书面材料经主要负责人签字
// 后报市政府.
var throughHands = regexp.MustCompile(`[\p{Han}]后?报[省市县区州旗镇乡]|[\p{Han}]{2}后[报送交由]|经[\p{Han}]{2,12}(?:后|同意|审核|审定|批准|签字|盖章|签发)`)

// theOthers are those who are left of a kind of bodies.
var theOthers = regexp.MustCompile(`^((?:其他|其余)[\p{Han}、()]{0,20}?(?:子公司|厅\(局\)|厅|局|委|办|部门|单位|政府|公司|县|市|区|\(区、市\)|\(市、区\)|乡镇|街道|村|社区|企业|学校|院))(?:[于在应要须将\d每]|年[底内末]|[上下]半年|[一二三四五六七八九十]{1,3}月|完成|负责|开展)`)

// eachPlace are all of a kind that has no body's name: 各定点药店, 各施工工地.
var eachPlace = regexp.MustCompile(`^各[\p{Han}]{0,8}(?:药店|门店|商店|酒店|宾馆|商场|超市|市场|工地|景区|网吧|车间)$`)

// likeVerb are names of bodies that begin like a verb: 建设局, 组织部.
var likeVerb = regexp.MustCompile(`^自治[区州县旗]|^全国[\p{Han}]{2,12}(?:总站|中心|协会|学会)$|^在(?:研|建|编|校|岗|职|册|产|营|租|售|用)[\p{Han}]{0,6}(?:单位|企业|学校|机构|部门|公司)$|^联合(?:执法|调度|审批|检查|治理|指挥|工作|整治|督查|巡查)[\p{Han}]{0,4}(?:办|办公室|专班|组|中心|指挥部)$|^(?:建设|组织|规划|协调|统筹|治理|清理|推广|引导|督促|实施|规范|开展|推进)(?:[\p{Han}]{0,4}(?:局|委|集团|公司)|部|处|科|股|办|组|中心|专班|指挥部)$`)

// ownOffice is a part of one body by the end of its name: 基教科. noOffice ends like one
// and is none.
var (
	ownOffice = regexp.MustCompile(`^[\p{Han}]{1,4}(?:科|股|室|处|办)$|^[\p{Han}]{2,4}(?:部|队伍|小组)$`)
	noOffice  = regexp.MustCompile(`^[报送交]|(?:[全内外局干细底顶上下东南西北中腹根大分]部|[学本专内外儿妇产眼牙骨百文理工预登]科|[各好到用坏去别此何处多]处|[教病卧浴]室|[承主协督催交转开举兴创新申经代帮通联可难不批查包停自合筹]办)$`)
)

// committee is a name that 会 goes on.
var committee = regexp.MustCompile(`(?:管委|村委|居委|委员)$`)

// placesAct are several places, each of which does its own: 杨湾村、柳林村6月25日前….
var placesAct = regexp.MustCompile(`^((?:[\p{Han}]{2,5}(?:县|市|区|镇|乡|村|街道|社区)、)+[\p{Han}]{2,5}?(?:县|市|区|镇|乡|村|街道|社区))((?:人民)?政府|管委会|办事处|村委会)?`)

// askedOf is what is done, before who is asked to do it.
var askedOf = regexp.MustCompile(`^[\p{Han}“”]{2,10}?(?:请|责成|交由|限|责令|限期由)((?:省|市|县|区|州|旗|镇|乡)\p{Han}.*)$`)

// setsUp are verbs of what only a body can do: 县人民医院设立发热门诊.
var setsUp = regexp.MustCompile(`^(?:成立|设立|组建|建立|开设|增设|开通|抽调|搭建|牵头)`)

// toWhat is what a body does to something or by what rule: 物业服务企业|对故障设施进行维修,
// 医生团队|对在管患者每季度随访, 普查机构|按照每区1名的标准.
var toWhat = regexp.MustCompile(`^对[^,。;]{2,30}?(?:(?:进行|开展|实施|组织|予以|加以)\p{Han}|每(?:日|天|周|旬|月|季|半年|年))|^(?:按照|根据|依据|对照|参照)[^,。;]{2,30}的(?:标准|要求|原则|比例|方式|部署|规定|步骤|口径|程序),`)

var (
	builtName = regexp.MustCompile(`(?:馆|站|卡点|所|院|中心|医院|学校|小学|中学|大学|学院|幼儿园|公园|场|园区|社区|基地)$`)
	builtNow  = regexp.MustCompile(`^[^,。;]{0,16}?(?:建成|开工|动工|竣工|完工|封顶|结顶|投用|投产|投运|启用|开馆|开园|投入使用|投入运营|主体|带电|交付|通车|起设立|起撤销)`)
	neverActs = regexp.MustCompile(`(?:厕所|场所|泵站|闸站|电站|车站|网站|基站|驿站|充电站|加油站|广场|市场|停车场|球场)$`)
)

// isListed is behind what is built where a plan has it: 东湖首末站|已列入今年城建计划.
var isListed = regexp.MustCompile(`^(?:已|被|已被|均已)?(?:列入|纳入)[^,。;]{0,16}(?:计划|项目|规划|清单)`)

// buildsWhat is behind a body that builds something else: 信息中心9月底前建成视频分析平台.
var buildsWhat = regexp.MustCompile(`建成(?:[^并且投使开启运达通,。;、\d][^,。;]{3,})`)

// isBuilt tells that a name is of what is built and not of who builds it: 市图书馆6月底前
// 开工, 问题厕所5月底前….
func isBuilt(name, rest string) bool {
	return neverActs.MatchString(name) || builtName.MatchString(name) && isListed.MatchString(rest) || builtName.MatchString(name) && builtNow.MatchString(rest) && !buildsWhat.MatchString(rest)
}

// twoBodies is a body and what it does with another: 市水务局指导各区政府.
var twoBodies = regexp.MustCompile(`(?:局|委|办|厅|部|政府|中心|公司|社|院|会|处|集团|队|联|署|所|站|馆|厂|校|行)(?:指导|督促|会同|协调|组织|支持|配合|督导|联合|协助|牵头|负责|推动|帮助|对[^外口]|向|为|给|把|将)`)

// guides tells that what follows a name is a verb and another body: 市水务局|指导各区政府.
func guides(rest, more string) bool {
	m := actsVerb.FindString(rest)
	return m != "" && len(m) < len(more) && (levelOf(more[len(m):]) != "" || strings.HasPrefix(more[len(m):], "各") || urgesThem.MatchString(m) && hanIn(more[len(m):]) >= 4 && organEnd.MatchString(more[len(m):]))
}

// urgesThem is a verb of what one body has another do: 市政府|督促经开区管委会.
var urgesThem = regexp.MustCompile(`(?:督促|指导|督导|委托|通知|组织|协调|支持|提醒|约谈)$`)

// verbThenUnit is true of a work and a unit that a lost space left together:
// 清淤市水务局.
func verbThenUnit(name string) bool {
	m := actsVerb.FindString(name)
	return m != "" && len(m) < len(name) && levelOf(name[len(m):]) != "" && organEnd.MatchString(name)
}

// placeList is true between the places of 各市、州民政局.
func placeList(before, after []rune) bool {
	const places = "市县区州盟旗"
	return len(after) > 1 && before[0] == '各' && strings.ContainsRune(places, before[len(before)-1]) && len(before) <= 6 && strings.ContainsRune(places, after[0]) && !strings.ContainsRune("直级属", after[1])
}
