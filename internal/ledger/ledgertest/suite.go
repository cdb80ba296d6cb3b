package ledgertest

import "testing"

// Run is the behaviour both databases must show. address gives a new ledger's address for
// each test, or that of an empty place for one; empty always the latter.
func Run(t *testing.T, address, empty func(testing.TB) string) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, string)
	}{
		{"a plan enters once and comes back whole", planOnce},
		{"ten thousand tasks enter within seconds", planBig},
		{"occurrences stand with their duty", occurrences},
		{"what no document names is opened once", opened},
		{"armed tasks are known", armed},
		{"calendars are kept by year", calendars},
		{"a plan is amended once", amendments},
		{"an amendment is carried out", amendmentsCarried},
		{"who is given a task is told with it", given},
		{"policies stand side by side", policiesAdded},
		{"a year's former notice is known", formerNotices},
		{"notices of workers do not take turns", broughtNotices},
		{"a notice is taken back", noticesTakenBack},
		{"what goes on in another plan goes on once", carries},
		{"what ended before it could go on is over", carriesNothing},
		{"a plan ends once", endsPlan},
		{"a plan that has ended is archived and taken back", archivesPlan},
		{"a plan numbers its tasks anew", relabelled},
		{"what was cancelled is reinstated", reinstated},
		{"a proposal withdrawn by a slip is before the leader again", setBack},
		{"a talk is taken over", takesOver},
		{"a stage is decided once", decideOnce},
		{"what was said stands as it was said", scenes},
		{"a stage follows from the facts as they are", decideBehind},
		{"an act takes back what was not spoken yet", unsaid},
		{"closing knows the due day's 24:00", closing},
		{"a late notice opens the next digest", lateNotice},
		{"a word waits for the weekly page", waitsForThePage},
		{"what was said meanwhile is not said on the page", saidMeanwhile},
		{"after an outage there is one message", afterAnOutage},
		{"several acts within a few minutes are one message", severalActs},
		{"a person's own choice of pace", ownChoice},
		{"what is never said alone goes with the next message", neverAlone},
		{"what is never said alone stays where nothing else is said", neverAloneAfterAll},
		{"what is never said alone goes with another plan's message", neverAloneInAnotherPlan},
		{"what was closed in between is left out", closedBetween},
		{"intent, delivery, receipt", receipts},
		{"a refusal is final", refusal},
		{"a delivery put off is tried again with what is true then", putOff},
		{"a message's events are found by its ID", messageEvents},
		{"what may have left is unknown where twice is worse than never", unknown},
		{"what has not left is tried again as if nothing was", notLeft},
		{"what may have left is sent again and said so", doubtful},
		{"a person sends again, a person ends", byHand},
		{"an announcement is a digest of its own", announcement},
		{"the office decides once", officeDecides},
		{"what was decided for a channel of before goes with the rest", channelsOfBefore},
		{"an item has its task, its stage and its talk", itemsAround},
		{"a talk opens at once", talkAtOnce},
		{"a talk waits for its leader", talkOnApproval},
		{"what the end of a task does to its talks", talkVoid},
		{"acts on a talk leave its steps", talkSteps},
		{"talks and circulars are proposed", talkProposedByHand},
		{"proposals of one measure against one unit are one", proposalsJoin},
		{"a unit is called to one talk", talksJoin},
		{"which of two talks is the one", firstTalk},
		{"a task goes on without the others of its talk", carriesMember},
		{"a talk that was lost is given back", talkGivenBack},
		{"mends are counted by workflow", mends},
		{"two talks of one ladder stay apart", talkTwice},
		{"a course older than the ledger's is not written", courseBehind},
		{"a course newer than the ledger's is named", courseAhead},
		{"a talk's course is written over its own place", talkPlaces},
		{"what waits is noted", waits},
		{"what stands beside the chain is written once", besideTheChain},
		{"a duty ends and opens again", dutyEnds},
		{"what is unspoken is known, and doubted", unspokenDoubted},
		{"a plan keeps its grace", graceKept},
		{"silence is seen", silence},
		{"lists are read from outlooks as from the tasks", outlooks},
		{"digests of an instant share a morning", mornings},
		{"one person gets one message a morning", onePerson},
		{"who sits where is stated once", oneDirectory},
		{"the office changes many at once", manyAtOnce},
		{"what was measured is kept with its source, and corrected", measured},
		{"an assessment is kept with its sheets", assessed},
		{"an incident is kept with its records", handled},
		{"the year's report is kept with whom it went to", reported},
		{"a complaint is kept without who made it", complained},
		{"a public text is kept with its versions", published},
		{"bare events", bareEvents},
		{"events cannot be changed", appendOnly},
		{"any edit is found", tampering},
		{"tables that disagree are found", disagreement},
		{"every cell, row and document is proven", proofs},
		{"rows are as the words of the events say", recount},
		{"a noted head proves what came before it", notedHead},
		{"the ledger as of a day", asOf},
		{"a failing write fails alone", failsAlone},
		{"several stores write one chain", severalStores},
		{"a killed writer leaves a whole chain", killed},
		{"shut is shut", shut},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, address(t))
		})
	}
	t.Run("many open a new ledger at once", func(t *testing.T) {
		t.Parallel()
		openAtOnce(t, empty(t))
	})
}
