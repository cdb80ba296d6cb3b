package seed_test

// What the document commits to, read from it by hand.

var wantWarnings = []string{
	"plan.same_as_ruled clauses[4].tasks[9].due",
}

var wantCounts = map[string]int{
	"三、重点任务": 25, "四、保障措施": 4, "brackets": 26,
	"projects": 32, "sections": 22, "sections as tasks": 22,
	"dated": 77, "duty": 3, "standing": 115, "mentions": 17,
	"tasks": 195,
}

const wantDated = `
1.2-leakage 2021-12-31 chengguan 达标
1.2-irrigation 2021-12-31 chengguan 完成
2.1-towns 2021-10-31 chengguan 完成
2.2-gaps 2021-10-31 zhujian 完成 soft
2.2-sewers-city 2021-10-31 zhujian 完成
2.2-sewers.zezhou 2021-10-31 zezhou 完成
2.2-sewers.gaoping 2021-10-31 gaoping 完成
2.2-sewers.yangcheng 2021-10-31 yangcheng 完成
2.2-sewers.lingchuan 2021-10-31 lingchuan 完成
2.2-sewers.qinshui 2021-10-31 qinshui 完成
2.2-networks 2021-10-31 zhujian 达标
2.2-bod 2021-12-31 zhujian 达标
2.3-warmth 2021-10-31 chengguan 完成
2.4-survey.chengqu 2021-04-30 chengqu 排查
2.4-survey.zezhou 2021-04-30 zezhou 排查
2.4-survey.gaoping 2021-04-30 gaoping 排查
2.4-survey.yangcheng 2021-04-30 yangcheng 排查
2.4-survey.lingchuan 2021-04-30 lingchuan 排查
2.4-survey.qinshui 2021-04-30 qinshui 排查
2.4-survey.kaifaqu 2021-04-30 kaifaqu 排查
2.4-plan.chengqu 2021-06-30 chengqu 方案
2.4-plan.zezhou 2021-06-30 zezhou 方案
2.4-plan.gaoping 2021-06-30 gaoping 方案
2.4-plan.yangcheng 2021-06-30 yangcheng 方案
2.4-plan.lingchuan 2021-06-30 lingchuan 方案
2.4-plan.qinshui 2021-06-30 qinshui 方案
2.4-plan.kaifaqu 2021-06-30 kaifaqu 方案
2.4-cure.chengqu 2021-12-31 chengqu 整治
2.4-cure.zezhou 2021-12-31 zezhou 整治
2.4-cure.gaoping 2021-12-31 gaoping 整治
2.4-cure.yangcheng 2021-12-31 yangcheng 整治
2.4-cure.lingchuan 2021-12-31 lingchuan 整治
2.4-cure.qinshui 2021-12-31 qinshui 整治
2.4-cure.kaifaqu 2021-12-31 kaifaqu 整治
2.6-parks 2021-12-31 shangwu 完成 soft
2.7-villages 2021-12-31 shengtai 开工
2.8-facilities 2021-12-31 nongye 完成
2.8-utilisation 2021-12-31 nongye 达标
3.1-downstream-wetland 2021-12-31 shengtai 启动
5.3-plan.chengqu 2021-04-30 chengqu 方案
5.3-plan.zezhou 2021-04-30 zezhou 方案
5.3-plan.gaoping 2021-04-30 gaoping 方案
5.3-plan.yangcheng 2021-04-30 yangcheng 方案
5.3-plan.lingchuan 2021-04-30 lingchuan 方案
5.3-plan.qinshui 2021-04-30 qinshui 方案
p01 2021-06-30 gaoping 完成 priority
p02 2021-06-30 yangcheng 完成 priority
p03 2021-08-31 zezhou 投运 priority
p04 2021-12-31 gaoping 完成 priority
p05 2021-12-31 gaoping 完成 priority
p06 2021-12-31 yangcheng 完成 priority
p07 2021-12-31 qinshui 完成 priority
p08 2021-12-31 chengguan 主体工程 priority
p09 2021-12-31 zezhou 主体工程 priority
p10 2022-06-30 gaoping 完成 priority
p11 2022-06-30 gaoping 完成 priority
p12 2021-04-10 kaifaqu 投运
p13 2021-06-30 chengqu 投运
p14 2021-06-30 zezhou 投运
p15 2021-06-30 gaoping 投运
p16 2021-09-30 zezhou 完成
p17 2021-10-31 gaoping 投运
p18 2021-10-31 zezhou 完成
p19 2021-10-31 gaoping 完成
p20 2021-10-31 qinshui 投运
p21 2021-10-31 qinshui 完成
p22 2021-12-31 chengqu 完成
p23 2021-12-31 kaifaqu 完成
p24 2021-12-31 zezhou 完成
p25 2021-12-31 gaoping 完成
p26 2021-12-31 yangcheng 完成
p27 2021-12-31 kaifaqu 土石方工程
p28 2021-12-31 zezhou 启动
p29 2021-12-31 qinshui 完成
p30 2021-12-31 lingchuan 完成
p31 2021-12-31 lingchuan 完成
p32 2021-12-31 lingchuan 完成
`

const wantDuties = `
2.4-monitor zhujian quarter+0 2021-04-08 2021-12-31 publish=false
4.2-monitor shengtai quarter+0 2021-04-08 2021-12-31 publish=true
5.1-publish shengtai month+0 2021-04-08 2021-12-31 publish=true
`

const wantLinks = `
p01 2021-06-30 = 2.1-tianyang 三（二）1 2021-06-30
p02 2021-06-30 = 2.1-yangcheng2 三（二）1 2021-06-30
p03 2021-08-31 = 3.3-xuezhuang 三（三）3 2021-08-31
p06 2021-12-31 = 2.1-dingdian 三（二）1 2021-12-31
p07 2021-12-31 = 2.1-qinshui2 三（二）1 2021-12-31
p08 2021-12-31 = 2.1-city-plant 三（二）1 2021-12-31
p09 2021-12-31 = 3.1-beiyin 三（三）1 2021-12-31
p12 2021-04-10 = 2.1-jinjiang-south 三（二）1 2021-04-10
p14 2021-06-30 = 2.1-zhoucun-lichuan 三（二）1 2021-10-31
p18 2021-10-31 = 2.1-dadonggou 三（二）1 2021-10-31
p19 2021-10-31 = 2.1-mishan 三（二）1 2021-10-31
p20 2021-10-31 = 2.1-zhongcun 三（二）1 2021-10-31
p21 2021-10-31 = 2.1-duanshi 三（二）1 2021-10-31
p22 2021-12-31 = 2.1-nancun 三（二）1 2021-12-31
p23 2021-12-31 = 2.1-jinjiang-north 三（二）1 2021-12-31
p24 2021-12-31 = 3.3-shicongtou 三（三）3 2021-12-31
p26 2021-12-31 = 3.3-luweihe 三（三）3 2021-12-31
`

const wantEach = `
1.2-society [chengqu zezhou gaoping yangcheng lingchuan qinshui] [chengguan gongxin shuiwu nongye]
2.2-sewers [zezhou gaoping yangcheng lingchuan qinshui] [zhujian chengguan]
2.4-cure [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] [zhujian jiance]
2.4-plan [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] [zhujian jiance]
2.4-survey [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] [zhujian jiance]
3.3-wetlands [zezhou yangcheng] []
4s.1-lists [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] []
4s.1-organise [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] []
4s.3-funding [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] []
4s.3-running [chengqu zezhou gaoping yangcheng lingchuan qinshui kaifaqu] []
5.3-plan [chengqu zezhou gaoping yangcheng lingchuan qinshui] [shengtai]
`
