// Package workflows is what runs for a year: deterministic code that waits,
// acts and records. It reads no clock, no configuration and no database; what
// it must not change its mind about (ladders, recipients, the clock) enters as
// input, and everything it does is an activity.
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
//	            │      one durable activity that gives back the course it leaves;
//	            │      stages and acts take turns
//	            ├────► a new ladder goes on in a new run
//	            └────► stays until a person closes or cancels it
//
//	Talk      one talk or circular with a ladder of its own: opens when its stage
//	          speaks, or is proposed by a person or a rule; a proposal is said
//	          again until a named leader decides; stays until it is closed,
//	          declined, or void with its task
//	Morning   up to fifty recipients, one instant: started with a delay until
//	          09:00, says to each in one message what is still true then; over a
//	          mail server by a durable activity on a queue that only workers poll
//	          that can send
//	Digest    one recipient of a morning whose message was not taken, or one that
//	          stands alone: tried with growing gaps until it is delivered, refused
//	          for its reader, no longer true, or ended by a person
//	Duty      one recurring duty: opens each occurrence as a Task of its own,
//	          hands over to a new run after each, so its history never grows
//	Audit     one plan: every day compares what the ladders foretold with what
//	          the ledger holds, and proposes what adds up; ends when neither a
//	          task nor a talk goes on
package workflows
