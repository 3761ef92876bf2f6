% The same in Prolog; register_acting.lp describes it.

answer(D, P, Q, N) :- deputises(_, P, Q, D, N).
