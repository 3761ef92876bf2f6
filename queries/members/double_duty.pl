% The same in Prolog; double_duty.lp describes it.

answer(F, N) :- double_duty(F, N).
