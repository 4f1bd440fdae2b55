"""Other stacks' formats: one file a stack. Each reads its stack's request and writes its answer;
what is scored goes the way of `POST /score`."""
