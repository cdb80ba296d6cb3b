package script

// Known are the fields of every kind of mapping.
var Known = grammar.Fields
