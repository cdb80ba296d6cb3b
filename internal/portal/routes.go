package portal

import "strings"

// route is one address: who may come, what it is, and what is done.
type route struct {
	pattern string // of net/http
	who     Role   // whose roles may come; what they may see and do there is decided by what it is about
	what    string // in English
	do      func(*visit) error
	files   brings
}

// brings is what of files a form may bring.
type brings uint8

const (
	nothing  brings = iota
	evidence        // that prove an act: kept at once, by what is in them
	papers          // of which a draft is made: kept with it
)

// routes is the one table of the portal's pages: an address that is not in it is not
// served. That which is about one plan is open to all who work, and shows nobody
// anything that is not theirs: a task of another unit is not found.
var routes = []route{
	{"GET /{$}", Signed, "the first page of whoever is signed in", (*visit).home, nothing},

	{"GET /signin", Anybody | Signed, "sign in", (*visit).signInPage, nothing},
	{"POST /signin", Anybody | Signed, "sign in", (*visit).signIn, nothing},
	{"GET /signin/code", Anybody | Signed, "the code of a second factor", (*visit).codePage, nothing},
	{"POST /signin/code", Anybody | Signed, "the code of a second factor", (*visit).confirm, nothing},
	{"GET /signin/oidc", Anybody | Signed, "go to the other service by which people sign in", (*visit).leave, nothing},
	{"GET /signin/oidc/back", Anybody | Signed, "come back from it", (*visit).comeBack, nothing},
	{"POST /signout", Anybody | Signed, "sign out", (*visit).signOut, nothing},
	{"GET /invitation/{secret}", Anybody | Signed, "choose a password with an invitation", (*visit).invitationPage, nothing},
	{"POST /invitation/{secret}", Anybody | Signed, "choose a password with an invitation", (*visit).redeem, nothing},
	{"POST /language", Anybody | Signed, "choose the language", (*visit).chooseLanguage, nothing},
	{"GET /me", Signed, "my account: where I am signed in", (*visit).me, nothing},
	{"POST /me/sessions", Signed, "end one of my sessions, or all others", (*visit).endSessions, nothing},

	{"POST /me/standins", Signed, "name who acts for me while I am away, or end it", (*visit).myStandIns, nothing},
	{"POST /me/tokens", Signed, "make a token for a program of mine, or take one back", (*visit).programToken, nothing},
	{"POST /stand", Signed, "act for somebody who is away, or for myself again", (*visit).stand, nothing},
	{"POST /me/calendar", Signed, "make a calendar address of mine, or take one back", (*visit).calendarAddress, nothing},
	{"POST /me/password", Signed, "change my password", (*visit).changePassword, nothing},

	{"GET /lead", Leader, "where the city stands, for a leader", (*visit).lead, nothing},
	{"GET /plans", Office | Leader, "plans that I may see whole", (*visit).planList, nothing},
	{"GET /plans/{plan}", Office | Leader, "a plan on one page, with its light board", (*visit).plan, nothing},
	{"GET /plans/{plan}/year", Office | Leader, "a plan's year as a picture", (*visit).planYear, nothing},
	{"GET /plans/{plan}/messages", Office | Leader, "a plan's messages by seat and week", (*visit).planMessages, nothing},
	{"GET /plans/{plan}/ahead", Office | Leader, "what comes in the next four weeks if nobody acts", (*visit).planAhead, nothing},
	{"GET /plans/{plan}/since", Office | Leader, "what has changed since a day", (*visit).planSince, nothing},
	{"GET /plans/{plan}/end", Office | Leader, "what keeps a plan from being ended, or the form that ends it", (*visit).endForm, nothing},
	{"POST /plans/{plan}/end", Office, "end a plan of which nothing goes on", (*visit).endPlan, nothing},
	{"POST /plans/{plan}/archived", Office, "archive a plan that has ended, or take it back", (*visit).putArchive, nothing},
	{"GET /plans/{plan}/archive", Office | Leader, "all of a plan in one file, to be put away", (*visit).archive, nothing},
	{"GET /plans/{plan}/report", Office | Leader, "the report of a plan's year, for paper", (*visit).yearEnd, nothing},
	{"GET /plans/{plan}/report/sheet", Office | Leader, "the report of a plan's year as an Excel file", (*visit).yearEndSheet, nothing},
	{"GET /plans/{plan}/report/do/{deed}", Office, "the form of an act on the report of a year", (*visit).reportForm, nothing},
	{"POST /plans/{plan}/report/do/{deed}", Office, "an act on the report of a year: write what it says, hand it in", (*visit).doReport, evidence},
	{"GET /plans/{plan}/publicity", Office | Leader, "what of a plan must be public, with the texts for it, or one text", (*visit).publicity, nothing},
	{"GET /plans/{plan}/publicity/file", Office | Leader, "the approved texts of a plan as a file", (*visit).publicityFile, nothing},
	{"GET /plans/{plan}/publicity/do/{publish}", Office | Leader, "the form of an act on a public text", (*visit).textDo, nothing},
	{"POST /plans/{plan}/publicity/do/{publish}", Office | Leader, "an act on a public text: write, approve, return, take down", (*visit).doText, nothing},
	{"GET /water", Working, "a month of the monitored sections, and the rivers as a picture", (*visit).waterMonth, nothing},
	{"GET /water/sheet", Working, "a month of the monitored sections as an Excel file", (*visit).waterSheet, nothing},
	{"GET /water/sections/{section}", Working, "a section's months, its target, and where its data are from", (*visit).waterSection, nothing},
	{"GET /water/outlets", Working, "a month of the measured outlets with their limits, or one of them over time", (*visit).outlets, nothing},
	{"GET /water/outlets/sheet", Working, "a month of the measured outlets as an Excel file", (*visit).outletsSheet, nothing},
	{"GET /water/zones", Working, "a month of the functional zones by basin and kind, with the text of the circular", (*visit).waterZones, nothing},
	{"GET /water/zones/sheet", Working, "a month of the functional zones as an Excel file", (*visit).zonesSheet, nothing},
	{"GET /water/compensation", Working, "what counties are charged and earn for a month's water, and the year's balance", (*visit).compensation, nothing},
	{"GET /water/compensation/sheet", Working, "a month's compensation as an Excel file", (*visit).compensationSheet, nothing},
	{"GET /water/readings", Office | Unit, "bring in data of the monitored sections, from a file or one by one", (*visit).enterForm, nothing},
	{"POST /water/readings", Office | Unit, "what a file of data says, and then record it", (*visit).enterFile, papers},
	{"GET /water/sections/{section}/readings", Office | Unit, "the form in which a section's month is typed", (*visit).typeForm, nothing},
	{"POST /water/sections/{section}/readings", Office | Unit, "record what was typed of a section's month", (*visit).enterTyped, nothing},
	{"GET /assessment", Working, "how units stand by the rules of assessment: its own for a unit", (*visit).assessment, nothing},
	{"GET /assessment/sheet", Working, "the scores and what they rest on as an Excel file", (*visit).assessmentSheet, nothing},
	{"GET /assessment/files/{hash}", Working, "a file that proves an entry of an assessment, or an objection to it", (*visit).assessFile, nothing},
	{"GET /assessment/do/{kind}", Working, "the form of an act on an assessment", (*visit).assessForm, nothing},
	{"POST /assessment/do/{kind}", Working, "an act on an assessment: enter, strike, send, object, settle, issue", (*visit).assess, evidence},
	{"GET /incidents", Working, "incidents at sections in which I have a part", (*visit).incidents, nothing},
	{"GET /incidents/{incident}", Working, "an incident: what is to be done, and its report for paper", (*visit).incident, nothing},
	{"GET /incidents/sheet/{incident}", Working, "the report of an incident as an Excel file", (*visit).incidentSheet, nothing},
	{"GET /incidents/{incident}/files/{hash}", Working, "a file that proves something noted in an incident", (*visit).incidentFile, nothing},
	{"GET /incidents/do/{kind}", Working, "the form of an act on an incident", (*visit).incidentForm, nothing},
	{"POST /incidents/do/{kind}", Working, "an act on an incident: open, order, report, trace, strike, close", (*visit).handle, evidence},
	{"GET /complaints", Working, "complaints of the hotline, and how units did with them: its own for a unit", (*visit).complaints, nothing},
	{"GET /complaints/new", Office, "the form in which a complaint is taken in", (*visit).complaintForm, nothing},
	{"POST /complaints/new", Office, "take a complaint in", (*visit).complain, nothing},
	{"GET /complaints/file", Office, "the form with which complaints are taken in from a file", (*visit).complaintsForm, nothing},
	{"POST /complaints/file", Office, "take the complaints of a file in, all or none", (*visit).bringComplaints, papers},
	{"GET /complaints/{number}", Working, "a complaint and what was done", (*visit).complaint, nothing},
	{"GET /complaints/{number}/do/{kind}", Office, "the form of an act on a complaint", (*visit).complaintForm, nothing},
	{"POST /complaints/{number}/do/{kind}", Office, "an act on a complaint: sort, call back, close, join, erase who complained", (*visit).complain, nothing},
	{"GET /live", Working, "tells a page that something has happened (server-sent events)", (*visit).live, nothing},
	{"GET /search", Working, "search", (*visit).search, nothing},
	{"GET /letters", Working, "the messages of a plan that is tried out", (*visit).letters, nothing},
	{"GET /letters/{letter}", Working, "one of them, as its reader would get it", (*visit).letter, nothing},
	{"GET /inbox", Working, "what was sent to my unit", (*visit).inbox, nothing},

	{"GET /todo", Working, "what waits for me", (*visit).todo, nothing},
	{"GET /progress", Working, "hand in the progress of many tasks from Excel", (*visit).progressForm, nothing},
	{"GET /progress/sheet", Working, "the sheet in which the progress of many tasks is filled in", (*visit).progressSheet, nothing},
	{"POST /progress", Working, "what a filled-in sheet says, and then hand it in", (*visit).bringProgress, papers},
	{"GET /tasks", Working, "tasks that I may see", (*visit).tasks, nothing},
	{"POST /tasks/filters", Working, "keep a filter of the list of tasks, or take one away", (*visit).keepFilter, nothing},
	{"GET /sheet", Working, "a unit's own ledger, with what was last reported, for paper", (*visit).sheet, nothing},
	{"GET /score", Working, "how a unit stands, and why", (*visit).score, nothing},
	{"GET /plans/{plan}/tasks/{task}", Working, "a task's case file", (*visit).task, nothing},
	{"GET /plans/{plan}/tasks/{task}/charge", Office | Unit, "who answers for a task, and the form that says it", (*visit).chargeForm, nothing},
	{"POST /plans/{plan}/tasks/{task}/charge", Office | Unit, "say who answers for a task", (*visit).setCharge, nothing},
	{"GET /plans/{plan}/tasks/{task}/do/{kind}", Working, "the form of an act on a task", (*visit).taskForm, nothing},
	{"POST /plans/{plan}/tasks/{task}/do/{kind}", Working, "an act on a task", (*visit).actOnTask, evidence},
	{"GET /plans/{plan}/tasks/{task}/files/{hash}", Working, "a file that proves an act on a task", (*visit).taskFile, nothing},
	{"GET /messages", Office | Leader, "the log of messages: what became of each", (*visit).messages, nothing},
	{"POST /messages", Office, "send messages again that are not sent", (*visit).resend, nothing},
	{"GET /messages/{message}/drop", Office, "the form with which a message is given up", (*visit).dropForm, nothing},
	{"POST /messages/{message}/drop", Office, "give a message up that is not sent", (*visit).drop, nothing},
	{"GET /contacts", Working, "who sits where: all units for the office and leadership, its own for a unit", (*visit).contacts, nothing},
	{"GET /contacts/{unit}", Office, "the form in which a unit is called otherwise", (*visit).unitForm, nothing},
	{"POST /contacts/{unit}", Office, "call a unit otherwise, for every plan", (*visit).callUnit, nothing},
	{"GET /directory", Office, "change contacts, units and accounts from Excel", (*visit).directoryForm, nothing},
	{"GET /directory/sheet", Office, "contacts, units and accounts as an Excel file, to be filled in", (*visit).directorySheet, nothing},
	{"POST /directory", Office, "what a filled-in file changes, and then change it", (*visit).bringDirectory, papers},
	{"GET /contacts/{unit}/{seat}", Office | Unit, "the form in which a seat is given to somebody", (*visit).contactForm, nothing},
	{"POST /contacts/{unit}/{seat}", Office | Unit, "give a seat to somebody, for every plan", (*visit).setContact, nothing},
	{"GET /accounts", Office, "accounts of the plans' units: who can sign in", (*visit).accounts, nothing},
	{"POST /accounts", Office, "make a unit's account, its link for choosing a password, or end its sessions", (*visit).manage, nothing},
	{"GET /accounts/{account}", Office, "an account of a unit: where it is signed in, who acts for it", (*visit).account, nothing},
	{"POST /accounts/{account}", Office, "give a unit's account to somebody, take it away, end a session of it, or name who acts for it", (*visit).manageAccount, nothing},
	{"GET /settings", Office, "what the office decides for all plans and every worker", (*visit).settings, nothing},
	{"POST /settings", Office, "decide one of these settings", (*visit).setSetting, nothing},
	{"GET /health", Office, "how the machine is: what starter doctor says", (*visit).health, nothing},
	{"GET /ledger", Office | Leader, "the ledger's events", (*visit).ledger, nothing},
	{"GET /ledger/proof", Office | Leader, "whether the ledger is whole: what ledger verify says", (*visit).proof, nothing},
	{"GET /plans/{plan}/book", Office | Leader, "a plan's book as an Excel file", (*visit).book, nothing},
	{"GET /holidays", Working, "the notices of holidays in force", (*visit).holidays, nothing},
	{"GET /holidays/new", Office, "the form in which a notice of holidays is typed", (*visit).noticeForm, nothing},
	{"POST /holidays/new", Office, "make a draft of a notice of holidays that was typed", (*visit).typeNotice, nothing},
	{"GET /policies", Office | Leader, "the ladders of the plans", (*visit).policies, nothing},
	{"GET /drafts", Office, "what the office prepares that is not in force", (*visit).drafts, nothing},
	{"POST /drafts", Office, "begin a draft with the document that was issued, or with a plan's files", (*visit).beginDraft, papers},
	{"GET /drafts/{draft}", Office, "a draft: what was made of it and what is left to do", (*visit).draft, nothing},
	{"GET /drafts/{draft}/questions", Office, "a draft's questions beside the marked document", (*visit).draftQuestions, nothing},
	{"POST /drafts/{draft}/questions", Office, "answer a draft's questions", (*visit).answerDraft, nothing},
	{"GET /drafts/{draft}/document", Office, "a draft's document with what was made of it", (*visit).draftDocument, nothing},
	{"GET /drafts/{draft}/preview", Office, "how many messages each seat gets by month under a draft", (*visit).draftPreview, nothing},
	{"GET /drafts/{draft}/files/{name}", Office, "a file of a draft", (*visit).draftFile, nothing},
	{"POST /drafts/{draft}/files", Office, "bring a file of a draft in place of another, or take it away", (*visit).putDraftFile, papers},
	{"GET /drafts/{draft}/edit/{name}", Office, "the text of a draft's file, to be edited", (*visit).editDraft, nothing},
	{"POST /drafts/{draft}/edit/{name}", Office, "keep the text of a draft's file", (*visit).keepDraft, nothing},
	{"GET /drafts/{draft}/changes", Office, "what a draft would change of what is in force", (*visit).draftChanges, nothing},
	{"POST /drafts/{draft}/changes", Office, "say what an amendment needs to know, and put a draft in force", (*visit).putInForce, nothing},
	{"GET /drafts/{draft}/rehearsal", Office, "a rehearsal of a draft's plan: how far it is, what it found", (*visit).rehearsal, nothing},
	{"POST /drafts/{draft}/rehearsal", Office, "begin a rehearsal of a draft's plan, or give it up", (*visit).rehearse, nothing},
	{"POST /drafts/{draft}/trial", Office, "try a draft's plan out, or end that", (*visit).try, nothing},
	{"POST /drafts/{draft}/launch", Office, "launch the plan of a draft", (*visit).launchDraft, nothing},
	{"POST /drafts/{draft}/next", Office, "begin the draft of next year's plan with that of a draft", (*visit).nextYear, nothing},
	{"POST /drafts/{draft}/drop", Office, "throw a draft away", (*visit).dropDraft, nothing},
	{"GET /talks", Working, "talks that I may see", (*visit).talks, nothing},
	{"GET /circulars", Working, "circulars that I may see", (*visit).circulars, nothing},
	{"GET /plans/{plan}/talks/{talk}", Working, "a talk's file", (*visit).talk, nothing},
	{"GET /plans/{plan}/talks/{talk}/do/{kind}", Working, "the form of an act on a talk", (*visit).talkForm, nothing},
	{"POST /plans/{plan}/talks/{talk}/do/{kind}", Working, "an act on a talk", (*visit).actOnTalk, evidence},
	{"GET /plans/{plan}/talks/{talk}/files/{hash}", Working, "a file that proves an act on a talk", (*visit).talkFile, nothing},
}

// RouteInfo is a row of the table of routes, for what walks it: tests and the bench.
type RouteInfo struct {
	Method, Path string
	Who          Role
	Files        bool // it takes any
}

// Routes are all rows of the table.
func Routes() (all []RouteInfo) {
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		all = append(all, RouteInfo{method, path, r.who, r.files != nothing})
	}
	return all
}

// menu is what stands in the head of every page, for whom.
var menu = []struct {
	path, name string
	who        Role
}{
	{"/lead", "lead", Leader},
	{"/todo", "todo", Working},
	{"/tasks", "tasks", Working},
	{"/talks", "talks", Working},
	{"/circulars", "circulars", Working},
	{"/water", "water", Working},
	{"/assessment", "assessment", Working},
	{"/complaints", "complaints", Working},
	{"/incidents", "incidents", Working},
	{"/plans", "plans", Office | Leader},
	{"/drafts", "drafts", Office},
	{"/inbox", "inbox", Working},
	{"/messages", "messages", Office | Leader},
	{"/ledger", "ledger", Office | Leader},
	{"/contacts", "contacts", Working},
	{"/accounts", "accounts", Office},
	{"/settings", "settings", Office},
	{"/health", "health", Office},
	{"/holidays", "holidays", Working},
	{"/policies", "policies", Office | Leader},
}
