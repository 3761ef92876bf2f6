% The same in Prolog; norms_where.lp describes it.

answer(A, K, S, O, N) :- norm(N, K, S, O), located(N, A, _).
