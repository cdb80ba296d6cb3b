package planfile_test

// softActs is the end of the seed's last policy.
const softActs = `    acts:
      return: 5 workdays
      rule: 3 workdays
      extend: 3 workdays
      extensions: 2
      verify: 5 workdays
      decide: 3 workdays
      chase: 2 workdays
      grace: 1 workday
      silent: 20 workdays
      part: 2 workdays
      part_missed: 1 workday
      circular: 10 workdays
      yellow: 10
      red: 30
    rhythm: *rhythm

#`

var policyFaults = []fault{
	{"policies: fields", [][3]string{
		{"policies.yaml", "kind: urge, after", "kind: uurge, after"},
		{"policies.yaml", "before: 30 days, to: [liaison], light: green }\n      - { id: remind-15, kind: remind, before: 15 days, to: [liaison], light: green }\n      - { id: remind-7, kind: remind, before: 7 days, to: [liaison], light: blue }\n      - { id: remind-3", "before: 30 dayz, to: [liaison], light: green }\n      - { id: remind-15, kind: remind, before: 15 days, to: [liasion], light: violet }\n      - { id: remind-7, kind: remind, before: 7 days, to: [], light: blue }\n      - { id: remind-3"},
	}, `
policies.yaml:16:48 policies[0].stages[2].before bad_offset
policies.yaml:17:62 policies[0].stages[3].to[0] not_one_of
policies.yaml:17:79 policies[0].stages[3].light not_one_of
policies.yaml:18:59 policies[0].stages[4].to empty
policies.yaml:22:27 policies[0].stages[8].kind not_one_of
`},
	{"policies: time, version, names", [][3]string{
		{"policies.yaml", "title: 标准督办规则\n    speak_at: \"09:00\"", "title: 标准督办规则\n    speak_at: 九点"},
		{"policies.yaml", "  - name: soft\n    version: 2", "  - name: standard\n    version: 0"},
		{"policies.yaml", "id: remind-3,", "id: remind-7,"},
		{"policies.yaml", "id: urge", "id: catch-up"},
		{"policies.yaml", "id: study-1, kind: remind, from: assigned, after: 1 day, to: [liaison], light: green, unless: acknowledged } # 1日内", "id: Study, kind: remind, from: assigned, after: 1 day, to: [liaison], light: green, unless: acknowledged } # 1日内"},
	}, `
plan.yaml:36:15 clauses[0].tasks[2].soft unknown_policy
policies.yaml:9:15 policies[0].speak_at bad_time
policies.yaml:19:15 policies[0].stages[5].id id_twice
policies.yaml:22:15 policies[0].stages[8].id reserved_id
policies.yaml:72:15 policies[1].stages[0].id bad_stage_id
policies.yaml:98:11 policies[2].name id_twice
policies.yaml:99:14 policies[2].version number_range
`},
	{"policies: before and after", [][3]string{
		{"policies.yaml", "after: 1 workday, to: [liaison, deputy]", "to: [liaison, deputy]"},
		{"policies.yaml", "kind: warn, after: 5 workdays,", "kind: warn, before: 1 day, after: 5 workdays,"},
		{"policies.yaml", "from: assigned, after: 1 day, to: [liaison], light: green, unless: acknowledged } # 1日内", "from: assigned, before: 1 day, to: [liaison], light: green, unless: acknowledged } # 1日内"},
		{"policies.yaml", "after: 3 workdays", "after: 0 workdays"},
	}, `
policies.yaml:22:9 policies[0].stages[8].before before_or_after
policies.yaml:23:55 policies[0].stages[9].after before_or_after
policies.yaml:72:62 policies[1].stages[0].before before_assigned
policies.yaml:77:27 policies[1].stages[5].kind !milder
policies.yaml:78:48 policies[1].stages[6].after after_zero
`},
	{"policies: milder, not red", [][3]string{
		{"policies.yaml", "kind: escalate, after: 3 workdays", "kind: urge, after: 3 workdays"},
		{"policies.yaml", "after: 5 workdays, to: [liaison, office], light: red", "after: 5 workdays, to: [liaison, office], light: blue"},
	}, `
policies.yaml:78:31 policies[1].stages[6].kind !milder
policies.yaml:113:86 policies[2].stages[7].light !light_late
`},
	{"policies: talks", [][3]string{
		{"policies.yaml", "    talk: *talk\n", ""},
		{"policies.yaml", "kind: warn, after: 5 workdays", "kind: talk, after: 5 workdays"},
		{"policies.yaml", "open: at_once", "open: later"},
		{"policies.yaml", "missed: 1 workday\n      to", "missed: 0 days\n      to"},
		{"policies.yaml", "after: served", "after: verified"},
		{"policies.yaml", "id: minutes", "id: held"},
		{"policies.yaml", "id: verified, after: report", "id: verified, after: sent"},
	}, `
policies.yaml:24:27 policies[0].stages[10].kind talk_twice
policies.yaml:51:13 policies[0].talk.open not_one_of
policies.yaml:53:15 policies[0].talk.missed after_zero
policies.yaml:58:30 policies[0].talk.steps[1].after step_after
policies.yaml:59:17 policies[0].talk.steps[2].id id_twice
policies.yaml:62:34 policies[0].talk.steps[5].after step_after
policies.yaml:79:27 policies[1].stages[7].kind talk_missing
`},
	{"policies: none", [][3]string{
		{"policies.yaml", "", "policies: []\n"},
	}, `
policies.yaml:1:11 policies empty
`},
	{"policies: a talk without steps", [][3]string{
		{"policies.yaml", "      steps:\n        - { id: served, after: opened, limit: 2 workdays } # 送达约谈通知书\n        - { id: held, after: served, limit: 7 days }\n        - { id: minutes, after: held, limit: 3 workdays }\n        - { id: plan, after: held, limit: 20 workdays } # 整改方案\n        - { id: report, after: plan, limit: 30 days } # 整改落实情况报告\n        - { id: verified, after: report, limit: 10 workdays }\n", "      steps: []\n"},
	}, `
policies.yaml:56:14 policies[0].talk.steps empty
`},
	{"policies: names of the engine's own stages", [][3]string{
		{"policies.yaml", "id: remind-3,", "id: silent-2021-05-06,"},
		{"policies.yaml", "id: report-3,", "id: report-3-verify,"},
		{"policies.yaml", "id: settle-7,", "id: act-7-extend,"},
		{"policies.yaml", "id: month-1,", "id: part-1-missed,"},
	}, `
policies.yaml:19:15 policies[0].stages[5].id reserved_id
policies.yaml:73:15 policies[1].stages[1].id reserved_id
policies.yaml:74:15 policies[1].stages[2].id reserved_id
policies.yaml:75:15 policies[1].stages[3].id reserved_id
`},
	{"policies: limits of acts", [][3]string{
		{"policies.yaml", "return: 5 workdays # ", "return: 0 workdays # "},
		{"policies.yaml", "verify: 5 workdays # ", "verify: 5 weeks # "},
		{"policies.yaml", "extensions: 2 # ", "extensions: two # "},
		{"policies.yaml", "silent: 20 workdays # ", "silent: 367 workdays # "},
		{"policies.yaml", "chase: 2 workdays # ", "chased: 2 workdays # "},
		{"policies.yaml", "yellow: 10 # ", "yellow: 30 # "},
		{"policies.yaml", "red: 30 # ", "red: 101 # "},
	}, `
policies.yaml:26:15 policies[0].acts.return offset_range
policies.yaml:29:19 policies[0].acts.extensions not_number
policies.yaml:30:15 policies[0].acts.verify bad_offset
policies.yaml:32:7 policies[0].acts.chased unknown_field
policies.yaml:34:15 policies[0].acts.silent offset_range
policies.yaml:39:12 policies[0].acts.red number_range
`},
	{"policies: yellow as far behind as red", [][3]string{
		{"policies.yaml", "yellow: 10 # ", "yellow: 30 # "},
		{"policies.yaml", "part_missed: 1 workday\n      circular: 10 workdays\n      yellow: 10\n      red: 30\n    rhythm: *rhythm\n    talk", "part_missed: 1 workday\n      circular: 10 workdays\n      yellow: 31\n    rhythm: *rhythm\n    talk"},
		{"policies.yaml", "part_missed: 1 workday\n      circular: 10 workdays\n      yellow: 10\n      red: 30\n    rhythm: *rhythm\n\n", "part_missed: 1 workday\n      circular: 10 workdays\n      red: 10\n    rhythm: *rhythm\n\n"},
	}, `
policies.yaml:39:12 policies[0].acts.red red_not_behind
policies.yaml:93:15 policies[1].acts.yellow red_not_behind
policies.yaml:126:12 policies[2].acts.red red_not_behind
`},
	{"policies: quiet hours", [][3]string{
		{"policies.yaml", "quiet: \"20:00-08:00\"", "quiet: night"},
	}, `
policies.yaml:43:14 policies[0].rhythm.quiet bad_quiet
`},
	{"policies: acts that are a list", [][3]string{
		{"policies.yaml", softActs, "    acts: [5 workdays]\n\n#"},
	}, `
policies.yaml:114:11 policies[2].acts not_mapping
`},
	{"policies: unless", [][3]string{
		{"policies.yaml", "before: 3 days, to: [liaison], light: yellow", "before: 3 days, to: [liaison], light: yellow, unless: acknowledged"},
		{"policies.yaml", "kind: remind, from: assigned, after: 7 days, to: [liaison, deputy], light: blue", "kind: talk, from: assigned, after: 7 days, to: [liaison, deputy], light: blue, unless: acknowledged"},
		{"policies.yaml", "kind: talk, after: 7 workdays", "kind: warn, after: 7 workdays"},
		{"policies.yaml", "from: assigned, after: 30 days, to: [liaison, deputy, office], light: blue", "from: assigned, after: 30 days, to: [liaison, deputy, office], light: blue, unless: acknowleged"},
	}, `
policies.yaml:19:93 policies[0].stages[5].unless unless_from
policies.yaml:74:112 policies[1].stages[2].unless unless_talk
policies.yaml:75:122 policies[1].stages[3].unless not_one_of
policies.yaml:79:27 policies[1].stages[7].kind !milder
`},
	{"policies: consequences", [][3]string{
		{"policies.yaml", "id: two-overdue, title: 两项任务同时逾期, count: overdue, at_least: 2", "id: Two, count: overdue, at_least: 1, within: 30 days"},
		{"policies.yaml", "id: second-talk", "id: three-reds"},
		{"policies.yaml", "at_least: 2, within: 365 days, propose: circular", "at_least: 2, propose: blame"},
	}, `
policies.yaml:134:5 consequences[0].title missing
policies.yaml:134:11 consequences[0].id bad_stage_id
policies.yaml:134:42 consequences[0].at_least number_range
policies.yaml:134:53 consequences[0].within within_talks
policies.yaml:136:5 consequences[2].within missing
policies.yaml:136:11 consequences[2].id id_twice
policies.yaml:136:76 consequences[2].propose not_one_of
`},
	{"policies: a consequence that looks back too far", [][3]string{
		{"policies.yaml", "within: 365 days", "within: 3661 days"},
		{"policies.yaml", "count: reds", "count: red"},
	}, `
policies.yaml:135:50 consequences[1].count not_one_of
policies.yaml:136:76 consequences[2].within offset_range
`},
	{"policies: consequences that are a mapping", [][3]string{
		{"policies.yaml", "consequences:\n  - { id: two-overdue", "consequences:\n    { id: two-overdue"},
		{"policies.yaml", "  - { id: three-reds, title: 连续三项任务未按期办结, count: reds, at_least: 3, propose: talk }\n", ""},
		{"policies.yaml", "  - { id: second-talk, title: 一年内第二次约谈, count: talks, at_least: 2, within: 365 days, propose: circular }\n", ""},
	}, `
policies.yaml:134:5 consequences not_list
`},
}
