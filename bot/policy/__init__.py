"""The business: which level, which dates, which words, which steps. Pure.

Lives here: the rule language and its loader, the calendar and the clocks, escalation, replies, notes and the
planner that composes them. May not live here: a clock, the network, Redis, logging; only the loader reads
files. The same arguments give the same answer, so every decision can be replayed.

Where to begin: `planner` (what should happen now) over `case` (what is known). From there, by subject:
- rule files: `loader`, `source`, `sections`, `section`, `complaints`, `problems`, `references`, `checking`,
  `schema`, `completion`; the whole of them is a `model`;
- what a rule says: `rules`, `conditions`, `phrases`, `examples`, `scorecard`, `indications`, `word_families`;
- reading a text: `markup`, `mail_*`, `visible`, `greetings`, `text`, `folding`, `gaps`, `typos`, `masking`;
- finding and weighing: `compile`, `compiled`, `patterns`, `trie`, `joins`, `neighbours`, `regexes`,
  `evaluate`, `negation`, `occurrence`; `matching` and `ruling` make the `verdict`, `decision` says which
  level holds;
- time: `calendar*`, `openings`, `allowance`, `arithmetic`, `pauses`, `statuses`, `sla`, `clocks`, `due`,
  `levels`;
- the contract: `contract` gathers `demands`: `approval*`, `billing*`, `payment_notice`, `flag_demands`,
  `scope`, `waiting`, `adoption`, `sla_mode`;
- what is said and done: `escalation`, `steps`, `quiet`, `hooks`, `first_reply`, `replies`, `loops`, `notes`,
  `texts`, `template*`, `spelling`; `wishes`, `fields` and `tags` for fields; `owing`, `marks`, `forgotten`
  for once only;
- looking back and comparing: `report*`, `corrections`, `backtest*`, `tally`, `touched`, `side_by_side`,
  `rule_*`.
"""
