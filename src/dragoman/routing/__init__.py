"""Work to the right person: scores, assignment, escalation, rules, shift hand-over."""
