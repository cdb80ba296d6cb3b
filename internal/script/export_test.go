package script

// Known are the fields of every kind of mapping.
var Known = grammar.Fields

// Written is where a script says a field of an act.
var Written = written
