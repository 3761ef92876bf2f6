% The same in Prolog; powers_of_office.lp describes it.

answer(A, N) :- given(office, O), norm(N, power, _, O), located(N, A, _).
