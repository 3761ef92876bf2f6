% The same in Prolog; steps_for_amount.lp describes it.

answer(L, O, A, N) :- given(amount, I), spans(L, G, I), leads_to(L, G, R, _), step(R, _, O, A, N).
