% The same in Prolog; case_steps.lp describes it.

answer(M, O, A, N) :- route(C, R, M), stage(C, R, _, O, A, N).
