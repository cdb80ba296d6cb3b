package docket

// ExposedOn is exposedOn, for tests.
var ExposedOn = exposedOn
