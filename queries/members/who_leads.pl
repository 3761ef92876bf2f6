% The same in Prolog; who_leads.lp describes it.

answer(W, O, N) :- in_charge_of(W, O, N).
