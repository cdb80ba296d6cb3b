package portal

// route is one address: who may come, what it is, and what is done.
type route struct {
	pattern string // of net/http
	who     Role   // whose roles may come; what they may see and do there is decided by what it is about
	what    string // in English
	do      func(*visit) error
	files   bool // the form may bring files
}

// routes is the one table of the portal's pages: an address that is not in it is not
// served. That which is about one plan is open to all who work, and shows nobody
// anything that is not theirs: a task of another unit is not found.
var routes = []route{
	{"GET /{$}", Signed, "the first page of whoever is signed in", (*visit).home, false},

	{"GET /signin", Anybody | Signed, "sign in", (*visit).signInPage, false},
	{"POST /signin", Anybody | Signed, "sign in", (*visit).signIn, false},
	{"GET /signin/code", Anybody | Signed, "the code of a second factor", (*visit).codePage, false},
	{"POST /signin/code", Anybody | Signed, "the code of a second factor", (*visit).confirm, false},
	{"GET /signin/oidc", Anybody | Signed, "go to the other service by which people sign in", (*visit).leave, false},
	{"GET /signin/oidc/back", Anybody | Signed, "come back from it", (*visit).comeBack, false},
	{"POST /signout", Anybody | Signed, "sign out", (*visit).signOut, false},
	{"GET /invitation/{secret}", Anybody | Signed, "choose a password with an invitation", (*visit).invitationPage, false},
	{"POST /invitation/{secret}", Anybody | Signed, "choose a password with an invitation", (*visit).redeem, false},
	{"POST /language", Anybody | Signed, "choose the language", (*visit).chooseLanguage, false},
	{"GET /me", Signed, "my account: where I am signed in", (*visit).me, false},
	{"POST /me/sessions", Signed, "end one of my sessions, or all others", (*visit).endSessions, false},

	{"POST /me/calendar", Signed, "make a calendar address of mine, or take one back", (*visit).calendarAddress, false},
	{"POST /me/password", Signed, "change my password", (*visit).changePassword, false},

	{"GET /lead", Leader, "where the city stands, for a leader", (*visit).lead, false},
	{"GET /plans", Office | Leader, "plans that I may see whole", (*visit).planList, false},
	{"GET /plans/{plan}", Office | Leader, "a plan on one page, with its light board", (*visit).plan, false},
	{"GET /plans/{plan}/year", Office | Leader, "a plan's year as a picture", (*visit).planYear, false},
	{"GET /plans/{plan}/messages", Office | Leader, "a plan's messages by seat and week", (*visit).planMessages, false},
	{"GET /plans/{plan}/ahead", Office | Leader, "what comes in the next four weeks if nobody acts", (*visit).planAhead, false},
	{"GET /plans/{plan}/since", Office | Leader, "what has changed since a day", (*visit).planSince, false},
	{"GET /live", Working, "tells a page that something has happened (server-sent events)", (*visit).live, false},
	{"GET /search", Working, "search", (*visit).search, false},
	{"GET /inbox", Working, "what was sent to my unit", (*visit).inbox, false},

	{"GET /todo", Working, "what waits for me", (*visit).todo, false},
	{"GET /tasks", Working, "tasks that I may see", (*visit).tasks, false},
	{"GET /plans/{plan}/tasks/{task}", Working, "a task's case file", (*visit).task, false},
	{"GET /plans/{plan}/tasks/{task}/do/{kind}", Working, "the form of an act on a task", (*visit).taskForm, false},
	{"POST /plans/{plan}/tasks/{task}/do/{kind}", Working, "an act on a task", (*visit).actOnTask, true},
	{"GET /plans/{plan}/tasks/{task}/files/{hash}", Working, "a file that proves an act on a task", (*visit).taskFile, false},
	{"GET /messages", Office | Leader, "the log of messages: what became of each", (*visit).messages, false},
	{"POST /messages", Office, "send messages again that are not sent", (*visit).resend, false},
	{"GET /messages/{message}/drop", Office, "the form with which a message is given up", (*visit).dropForm, false},
	{"POST /messages/{message}/drop", Office, "give a message up that is not sent", (*visit).drop, false},
	{"GET /contacts", Working, "who sits where: all units for the office and leadership, its own for a unit", (*visit).contacts, false},
	{"GET /contacts/{unit}/{seat}", Office, "the form in which a seat is given to somebody", (*visit).contactForm, false},
	{"POST /contacts/{unit}/{seat}", Office, "give a seat to somebody, for every plan", (*visit).setContact, false},
	{"GET /accounts", Office, "accounts of the plans' units: who can sign in", (*visit).accounts, false},
	{"POST /accounts", Office, "make a unit's link for choosing a password, or end its sessions", (*visit).manage, false},
	{"GET /health", Office, "how the machine is: what starter doctor says", (*visit).health, false},
	{"GET /ledger", Office | Leader, "the ledger's events", (*visit).ledger, false},
	{"GET /plans/{plan}/book", Office | Leader, "a plan's book as an Excel file", (*visit).book, false},
	{"GET /holidays", Working, "the notices of holidays in force", (*visit).holidays, false},
	{"GET /policies", Office | Leader, "the ladders of the plans", (*visit).policies, false},
	{"GET /talks", Working, "talks that I may see", (*visit).talks, false},
	{"GET /plans/{plan}/talks/{talk}", Working, "a talk's file", (*visit).talk, false},
	{"GET /plans/{plan}/talks/{talk}/do/{kind}", Working, "the form of an act on a talk", (*visit).talkForm, false},
	{"POST /plans/{plan}/talks/{talk}/do/{kind}", Working, "an act on a talk", (*visit).actOnTalk, true},
	{"GET /plans/{plan}/talks/{talk}/files/{hash}", Working, "a file that proves an act on a talk", (*visit).talkFile, false},
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
	{"/plans", "plans", Office | Leader},
	{"/inbox", "inbox", Working},
	{"/messages", "messages", Office | Leader},
	{"/ledger", "ledger", Office | Leader},
	{"/contacts", "contacts", Working},
	{"/accounts", "accounts", Office},
	{"/health", "health", Office},
	{"/holidays", "holidays", Working},
	{"/policies", "policies", Office | Leader},
}
