"""Pages for people: what they show, and their templates. No page holds a rule of scoring."""
