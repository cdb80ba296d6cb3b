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
	{"GET /plans/{plan}/archive", Office | Leader, "all of a plan in one file, to be put away", (*visit).archive, nothing},
	{"GET /water", Working, "a month of the monitored sections, and the rivers as a picture", (*visit).waterMonth, nothing},
	{"GET /water/book", Working, "a month of the monitored sections as an Excel file", (*visit).waterBook, nothing},
	{"GET /water/sections/{section}", Working, "a section's months, its target, and where its data are from", (*visit).waterSection, nothing},
	{"GET /live", Working, "tells a page that something has happened (server-sent events)", (*visit).live, nothing},
	{"GET /search", Working, "search", (*visit).search, nothing},
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
	{"GET /plans/{plan}/tasks/{task}/do/{kind}", Working, "the form of an act on a task", (*visit).taskForm, nothing},
	{"POST /plans/{plan}/tasks/{task}/do/{kind}", Working, "an act on a task", (*visit).actOnTask, evidence},
	{"GET /plans/{plan}/tasks/{task}/files/{hash}", Working, "a file that proves an act on a task", (*visit).taskFile, nothing},
	{"GET /messages", Office | Leader, "the log of messages: what became of each", (*visit).messages, nothing},
	{"POST /messages", Office, "send messages again that are not sent", (*visit).resend, nothing},
	{"GET /messages/{message}/drop", Office, "the form with which a message is given up", (*visit).dropForm, nothing},
	{"POST /messages/{message}/drop", Office, "give a message up that is not sent", (*visit).drop, nothing},
	{"GET /contacts", Working, "who sits where: all units for the office and leadership, its own for a unit", (*visit).contacts, nothing},
	{"GET /contacts/{unit}/{seat}", Office | Unit, "the form in which a seat is given to somebody", (*visit).contactForm, nothing},
	{"POST /contacts/{unit}/{seat}", Office | Unit, "give a seat to somebody, for every plan", (*visit).setContact, nothing},
	{"GET /accounts", Office, "accounts of the plans' units: who can sign in", (*visit).accounts, nothing},
	{"POST /accounts", Office, "make a unit's link for choosing a password, or end its sessions", (*visit).manage, nothing},
	{"GET /accounts/{account}", Office, "an account of a unit: where it is signed in, who acts for it", (*visit).account, nothing},
	{"POST /accounts/{account}", Office, "end a session of a unit's account, or name who acts for it", (*visit).manageAccount, nothing},
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
	{"/plans", "plans", Office | Leader},
	{"/drafts", "drafts", Office},
	{"/inbox", "inbox", Working},
	{"/messages", "messages", Office | Leader},
	{"/ledger", "ledger", Office | Leader},
	{"/contacts", "contacts", Working},
	{"/accounts", "accounts", Office},
	{"/health", "health", Office},
	{"/holidays", "holidays", Working},
	{"/policies", "policies", Office | Leader},
}
