% The same in Prolog; norms_per_subject.lp describes it.

answer(O, Count, Strict) :-
    setof(O1, N^K^S^norm(N, K, S, O1), Subjects),
    member(O, Subjects),
    aggregate_all(count, norm(_, _, _, O), Count),
    aggregate_all(count, norm(_, _, strict, O), Strict).
