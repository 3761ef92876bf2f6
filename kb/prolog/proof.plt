:- encoding(utf8).
:- use_module(library(plunit)).
:- use_module(dialect).
:- use_module(proof).

% Run with: swipl -g run_tests -t halt kb/prolog/proof.plt

law_is(Text) :-
    setup_call_cleanup(
        tmp_file_stream(File, Out, [encoding(utf8), extension(lp)]),
        ( write(Out, Text), close(Out), load_law([File], _, []) ),
        delete_file(File)).

:- begin_tests(proof).

test(a_proof_ends_in_facts_and_input, Proof == rule(r(1), 3, [fact(p(1), 2), input(q(1))])) :-
    law_is("input(q, 1). p(1). r(X) :- p(X), q(X)."),
    set_case([q(1)]),
    proof(r(_), Proof).

test(a_cycle_is_not_its_own_ground, Proof == rule(a, 2, [rule(b, 3, [fact(c, 4)])])) :-
    law_is("b :- a. a :- b. b :- c. c."),
    proof(a, Proof).

test(what_is_proved_once_is_repeated_by_name,
     Proof == rule(s, 3, [rule(a, 2, [fact(c, 1)]), repeat(a, 2), comparison('!=', 1, 2, 2)])) :-
    law_is("c. a :- c. s :- a, a, not 1 = 2."),
    proof(s, Proof).

test(the_first_of_two_rules_that_give_an_atom_proves_it, Proof == rule(q, 2, [fact(p(1), 1)])) :-
    law_is("p(1). q :- p(X), X < 2. q :- p(1). r."),
    set_case([]),
    proof(q, Found),
    Found = rule(q, 2, [Proof0|_]),
    Proof = rule(q, 2, [Proof0]).

test(sums_show_their_values, Proof == rule(q(3), 2, [fact(p(1), 1), comparison(=, 3, 3, 1+2)])) :-
    law_is("p(1). q(Y) :- p(X), Y = X+2."),
    proof(q(3), Proof).

test(a_denial_names_the_furthest_literal_of_each_rule,
     Attempts == [attempt(3, q(1), none), attempt(4, not(p(1)), none)]) :-
    law_is("p(1). ok(X) :- p(X), not r(X). r(X) :- p(X), q(X). r(X) :- p(X), not p(X). q(2)."),
    proof(ok(1), rule(ok(1), 2, [_, not(r(1), Found)])),
    findall(attempt(Id, Literal, Because), member(attempt(Id, _, Literal, Because), Found), Attempts).

test(a_refutation_explains_two_levels,
     Proof = not(a, [attempt(1, [], b, not(b, [attempt(2, [], not(c), fact(c, 3))]))])) :-
    law_is("a :- b. b :- not c. c."),
    refutation(a, 2, Proof).

test(nothing_refutes_what_holds, fail) :-
    law_is("a."),
    refutation(a, 2, _).

test(nothing_proves_what_does_not_hold, fail) :-
    law_is("a :- b. b :- a."),
    proof(a, _).

test(a_long_chain_is_proved_at_once) :-
    law_is("n(0). n(Y) :- n(X), X < 300, Y = X+1."),
    proof(n(300), rule(n(300), 2, _)).

:- end_tests(proof).
