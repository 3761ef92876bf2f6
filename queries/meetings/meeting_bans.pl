% The same in Prolog; meeting_bans.lp describes it.

answer(V, N) :- furnishing(_, V, N).
answer(V, N) :- hand_out(_, V, N).
