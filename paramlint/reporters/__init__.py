"""How results are written: for people, for programs, for code hosts. Reporters read ``model`` and ``core`` only."""
