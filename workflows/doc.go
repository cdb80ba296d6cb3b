// Package workflows has the Temporal workflows, which run for as long as a plan
// does: deterministic code that waits, decides what is next and has activities do
// it. A workflow reads no clock, no configuration and no database: what must be
// the same when its history is replayed (ladders, recipients, the plan clock) is
// its input or the answer of an activity.
//
// The life of a task on one page:
//
//	launch ──► Task ── sleeps to the wake instant of its next stage (spread
//	            │      over the window before the stage speaks)
//	            ├────► decides the stage: one local activity writes the event
//	            │      and the notices, and makes sure that the Morning which
//	            │      speaks them is started
//	            ├────► … and so on to the end of its ladder; a talk stage
//	            │      starts a Talk
//	            ├────► a person acts: an update named after the act, refused at
//	            │      once by what internal/act says of the case, or recorded by
//	            │      one durable activity that returns the new course;
//	            │      stages and acts take turns
//	            ├────► continues in a new run after an act or a new ladder
//	            └────► runs until a person closes or cancels the task
//
//	Talk      one talk or circular with a ladder of its own: opens when its stage
//	          speaks, or is proposed by a person or a rule; the leader is reminded
//	          of a proposal until it is decided; runs until the talk is closed,
//	          declined, or void with its task
//	Morning   up to fifty recipients, one instant: started with a delay until the
//	          speaking time, sends each one message with what is still true then;
//	          over a mail server by a durable activity on SendQueue, which only
//	          workers poll that can send
//	Digest    one recipient whose message the morning could not deliver, or who
//	          has no morning: tried with growing gaps until it is delivered,
//	          refused for good, no longer true, or ended by a person
//	Duty      one recurring duty: opens each occurrence as a Task of its own, and
//	          continues in a new run after each, so that its history stays short
//	Audit     one plan: every day compares the ladders with what the ledger holds,
//	          and proposes what the rules of consequences ask for; ends when
//	          neither a task nor a talk goes on
package workflows
