"""nj_logic: the work rules of a county government as an executable knowledge base."""
