package deadline

// The rules by name, as Reading.Rule gives them.
//
//	A1   起: begins on the first day covered, never ends
//	A2   上旬 ends on the 10th, 中旬 on the 20th, 下旬 on the month's last day
//	A3   a year not written is that of the nearest earlier date of the item, else the plan's, else the issue's
//	A4   X前 includes the last day of X (Context.ExclusiveBefore leaves a named day out); 至, 截至, 不迟于 include it too
//	A5   力争, 原则上: the date is kept, Soft is set; alone, a goal without a date
//	A6   6月底 without 前 is by the last day
//	A7   a year alone with a verb that finishes or starts something: by the year's end; Milestone says which
//	A8   每月, 按季度, 月调度: recurs; without a day, on the period's last
//	A9   定期, 不定期, 适时: no interval, asked
//	A10  汛前, 采暖季: the region's setting, asked when unset
//	A11  按时, 规定时限, 限期: the limit is elsewhere, asked
//	A12  持续, 长期, 逐步: standing
//	A13  及时, 立即: driven by events
//	A14  a length of time inside a target or a policy's term: no limit
//	A15  到2025年: the year's end; eight years off and more, 到2030年 seen from before 2026 and 本世纪中叶 are visions
//	A16  上述工作: Reading.BackRef, beside another rule
//	A17  之日起, 后, 届满…前: counted from an event, whose day is not counted
//	A19  N年内 from the issue; Y年起N年内 from the first of January of Y
//	A20  no date at all in an annual plan (no reading: the caller decides)
//	D1   上半年, 三季度: by its last day
//	D2   a month or day alone: by its last day
//	D3   年初 is January, 月初 the first ten days, 年中 by 30 June, 月中 by the 15th (custom)
//	D4   前后, 左右: about, asked
//	G1   a month or day that cannot be read, 2021年13月底前: no date, asked
//	E1   即日起 and 自印发之日起: from the day of issue; Effect where it is the paper that takes effect
//	F1   “十四五”期间 and 末: the five-year plans run from years ending in 1 and 6
//	F2   春节前: the last working day before the first day off in that year's notice
//	F3   高考前, 竣工前: before an event whose date the text does not give
//	F4   正月十六前, 除夕前: a day of the lunar calendar, of the solar year that the plan is of
//	L1   立行立改: evidence within 30 days of issue (custom), asked
//	N1   尽快, 加快, 近期: no date
//	T1   Target: a year in a name, a citation or an attribute
//	T2   Target: history, 以来
//	T3   Target: a baseline, 较2020年
//	T4   Target: how long a paper or policy is valid
//	T5   Target: the paper's own date
//	W1   from–to
//	Y1   a year or month as the stretch in which a quantity or state holds
//
// A limit is never moved for a rest day, except a term counted from the issue in
// days, weeks or months (A17): see the calendar.
