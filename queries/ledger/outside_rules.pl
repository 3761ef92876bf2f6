% The same in Prolog; outside_rules.lp describes it.

answer(X, A, N) :- points_to(N, X), located(N, A, _).
