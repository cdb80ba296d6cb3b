// Package portal is the pages that the office, the units and the leaders work with in a
// browser. The package reads through internal/query, with the signed-in person's Viewer,
// and acts through Acts, which the engine gives; it knows neither SQL nor Temporal.
//
// What is in which file:
//
//	portal.go   Options and New; the chain that every request goes through
//	routes.go   the one table of addresses: who may come, what it is; nothing else is served
//	visit.go    one request of one person: what its handler has at hand
//	guard.go    headers, cross-origin posts, form tokens, sizes and slow clients
//	door.go     signing in and out, invitations
//	me.go       one's own account: sessions, calendars, tokens, password
//	standins.go who acts for whom while they are away
//	view.go     templates: every page is templates/layout.html around one file of its name
//	fail.go     errors as a status and a sentence
//	form.go     reading a posted form; fields.go the fields of acts, doing.go their forms
//	files.go    files of evidence
//	drafts.go   what an office prepares; draftasks.go its questions, draftfiles.go its files,
//	            launching.go and changes.go putting it in force
//	serve.go    listening
//
// A page is a method of visit that gathers its rows and calls v.show("name", data). In
// a template, {{$.T "portal.key"}} is a text of the catalogue in the reader's language,
// and . the data. A form posts to the address on which it is drawn, with {{$.Token}} in
// it. When the form's work is done the browser is sent elsewhere (303); an error draws the
// form again with what was typed. An act carries an ID that was made when its form was
// drawn, so that a form sent twice acts once.
//
// Roles follow from the plans: see query.Seats. Every page works without scripts.
package portal
