:- encoding(utf8).
:- use_module(library(plunit)).
:- use_module(dialect).

% Run with: swipl -g run_tests -t halt kb/prolog/dialect.plt

law_of(Text, Count, Problems) :-
    setup_call_cleanup(
        tmp_file_stream(File, Out, [encoding(utf8), extension(lp)]),
        ( write(Out, Text), close(Out), load_law([File], Count, Found) ),
        delete_file(File)),
    findall(Line-Problem, member(problem(_, Line, Problem), Found), Problems).

true_atoms(Atoms) :-
    findall(Atom, true_atom(Atom, _), Found),
    sort(Found, Atoms).

:- begin_tests(dialect).

test(a_rule_holds_where_its_body_does, Atoms == [p(1), p(2), q(2), r(1)]) :-
    law_of("p(1). p(2). q(2). r(X) :- p(X), not q(X).", 4, []),
    true_atoms(Atoms).

test(an_anonymous_variable_under_not_means_no_such_atom, Atoms == [p(1), p(2), r(1), q(2, a)]) :-
    law_of("p(1). p(2). q(2, a). r(X) :- p(X), not q(X, _).", _, []),
    true_atoms(Atoms).

test(left_recursion_ends, Count == 9) :-
    law_of("e(1, 2). e(2, 3). e(3, 1). t(X, Y) :- e(X, Y). t(X, Z) :- t(X, Y), e(Y, Z).", _, []),
    aggregate_all(count, holds(t(_, _)), Count).

test(strings_and_constants_are_different, Found == ["a"]) :-
    law_of("p(\"a\"). p(a). q(X) :- p(X), not X = a.", _, []),
    findall(X, holds(q(X)), Found).

test(sums_bind_and_test, Found == [3]) :-
    law_of("p(1). p(3). q(Y) :- p(X), Y = X+2, p(Y).", _, []),
    findall(X, holds(q(X)), Found).

test(reloading_clears_the_old_law_and_the_case, Atoms == [q(1)]) :-
    law_of("p(1). r(X) :- p(X).", _, []),
    set_case([p(2)]),
    law_of("q(1).", 1, []),
    true_atoms(Atoms).

test(case_facts_replace_each_other, Found == [2]) :-
    law_of("input(p, 1). r(X) :- p(X).", _, []),
    set_case([p(1)]),
    findall(X, holds(r(X)), [1]),
    set_case([p(2)]),
    findall(X, holds(r(X)), Found).

test(a_case_fact_outside_the_dialect_leaves_the_old_ones, Found == [1]) :-
    law_of("input(p, 1). r(X) :- p(X).", _, []),
    set_case([p(1)]),
    catch(set_case([p(2), p(f(x))]), dialect(outside(f(x))), true),
    findall(X, holds(r(X)), Found).

test(negation_through_recursion_is_an_error, throws(dialect(undefined(p)))) :-
    law_of("p :- not p.", _, []),
    holds(p).

test(a_constant_is_no_number_though_prolog_knows_e, throws(dialect(not_a_number(e)))) :-
    law_of("q(e). p(X) :- q(X), X < 5.", _, []),
    holds(p(_)).

test(a_letter_is_no_number_though_prolog_reads_its_code, throws(dialect(not_a_number("a")))) :-
    law_of("q(\"a\"). p(Y) :- q(X), Y = X+1.", _, []),
    holds(p(_)).

test(a_sum_beyond_32_bits_is_an_error_and_does_not_wrap, throws(dialect(too_big(2147483648)))) :-
    law_of("q(2147483647). p(Y) :- q(X), Y = X+1.", _, []),
    holds(p(_)).

test(library_predicates_are_free_names, Problems == []) :-
    law_of("member(a, b). time(x). last(X) :- member(X, _), not subset(X, X). subset(a, b).", _, Problems).

test(only_the_first_mistake_of_a_rule_is_told_with_its_line,
     Problems == [2-unsafe('Y'), 4-outside(f(x)), 6-system_predicate(length, 2)]) :-
    law_of("q(a).\np(X) :- q(X), not r(Y).\n\np(X) :- q(f(x)),\n q(X).\nlength(a, b).\n", 0, Problems).

test(no_rule_of_a_law_with_a_problem_is_kept, Atoms == []) :-
    law_of("q(a). p(X).", 0, [_]),
    true_atoms(Atoms).

test(a_missing_file_is_a_problem, Problems == [problem('/no/such.lp', 1, unreadable)]) :-
    load_law(['/no/such.lp'], 0, Problems).

:- end_tests(dialect).
