% The same in Prolog; statutory_steps.lp describes it.

answer(A, N) :- statutory_step(_, A, N).
