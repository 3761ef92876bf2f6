:- encoding(utf8).
:- use_module(library(plunit)).
:- use_module(dialect).
:- use_module(whynot).

% Run with: swipl -g run_tests -t halt kb/prolog/whynot.plt

law_is(Text) :-
    setup_call_cleanup(
        tmp_file_stream(File, Out, [encoding(utf8), extension(lp)]),
        ( write(Out, Text), close(Out), load_law([File], _, []) ),
        delete_file(File)).

:- begin_tests(whynot).

test(what_holds_has_no_failure, fail) :-
    law_is("input(q, 1). r(X) :- q(X)."),
    set_case([q(1)]),
    why_not(r(1), [], _).

test(a_case_that_says_nothing_has_not_stated_it,
     Failure == failed(r(1), [attempt(2, [], [not_stated(q(1, a))])])) :-
    law_is("input(q, 2). r(1) :- q(1, a)."),
    set_case([]),
    why_not(r(1), [], Failure).

test(a_case_that_says_otherwise_does_not_meet_it,
     Failure == failed(r(1), [attempt(2, [], [not_met(q(1, a), [q(1, b)])])])) :-
    law_is("input(q, 2). r(1) :- q(1, a)."),
    set_case([q(1, b)]),
    why_not(r(1), [], Failure).

test(an_exception_forbids,
     Failure == failed(r(1), [attempt(3, [], [forbidden(p(1), input(p(1)))])])) :-
    law_is("input(q, 1). input(p, 1). r(1) :- q(1), not p(1)."),
    set_case([q(1), p(1)]),
    why_not(r(1), [], Failure).

test(the_attempt_that_lacks_least_is_followed, Ids == [4]) :-
    law_is("input(q, 1). input(p, 1). input(s, 1). r(1) :- q(1), p(1). r(1) :- q(1), s(1), not q(2)."),
    set_case([p(1), s(1), q(2)]),
    why_not(r(1), [], failed(_, Attempts)),
    findall(Id, member(attempt(Id, _, _), Attempts), Ids).

test(values_compared_are_named,
     Failure == failed(r, [attempt(2, ['N'=3], [comparison(<, 3, 2)])])) :-
    law_is("input(q, 1). r :- q(N), N < 2."),
    set_case([q(3)]),
    why_not(r, [], Failure).

:- end_tests(whynot).
