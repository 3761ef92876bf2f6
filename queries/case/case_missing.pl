% The same in Prolog; case_missing.lp describes it.

answer(O, A, N) :- missing(C, R, S), stage(C, R, S, O, A, N).
