% The same in Prolog; acts_of_office.lp describes it.

answer(A, N) :- given(office, O), step(_, _, O, A, N).
