:- encoding(utf8).
:- use_module(library(plunit)).
:- use_module(library(base64)).
:- use_module(library(http/json)).
:- use_module(door).

% Run with: swipl -g run_tests -t halt kb/prolog/door.plt

asked(Request, Reply) :-
    with_output_to(string(Text), json_write_dict(current_output, Request)),
    with_output_to(string(Printed), door(Text, Answer)),
    Printed == "",
    atom_json_dict(Answer, Reply, []).

hostile("'). halt. %").
hostile("\"\\\n\t\u0000 ~w %p </script> 𠮷").
hostile("").

misunderstood("").
misunderstood("{").
misunderstood("3").
misunderstood("{\"op\": 1}").
misunderstood("{\"op\": \"x\"}").
misunderstood("{\"op\": \"load\"}").
misunderstood("{\"op\": \"load\", \"files\": 3}").
misunderstood("{\"op\": \"facts\", \"facts\": [1]}").
misunderstood("{\"op\": \"facts\", \"facts\": [{\"p\": \"P\", \"a\": []}]}").

:- begin_tests(door).

test(strings_come_back_as_they_went, [forall(hostile(Text)), true(Found == [Text])]) :-
    asked(_{op: facts, facts: [_{p: "said", a: [_{s: Text}]}]}, _),
    asked(_{op: solve, goal: _{p: "said", a: [_{v: "X"}]}}, Reply),
    findall(S, ( member(Atom, Reply.answers), [Term] = Atom.a, S = Term.s ), Found).

test(the_constants_true_and_null_stay_constants, Found == ["null", "true"]) :-
    asked(_{op: facts, facts: [_{p: "k", a: ["true"]}, _{p: "k", a: ["null"]}]}, _),
    asked(_{op: solve, goal: _{p: "k", a: [_{v: "_"}]}}, Reply),
    findall(C, ( member(Atom, Reply.answers), [C] = Atom.a ), Found).

test(a_goal_is_no_call_of_prolog, Kind == "unknown_predicate") :-
    asked(_{op: solve, goal: _{p: "halt", a: []}}, Reply),
    Kind = Reply.kind.

test(what_is_not_understood_is_an_error, [forall(misunderstood(Text)), true(Kind == "request")]) :-
    door(Text, Answer),
    atom_json_dict(Answer, Reply, []),
    Kind = Reply.kind.

test(the_base64_door_says_the_same, Version == Same) :-
    base64_encoded("{\"op\": \"version\"}", Request, [as(atom), encoding(utf8)]),
    door64(Request, Answer),
    base64_encoded(Text, Answer, [as(string), encoding(utf8)]),
    atom_json_dict(Text, Reply, []),
    Version = Reply.version,
    asked(_{op: version}, Again),
    Same = Again.version.

test(the_base64_door_survives_what_is_not_base64) :-
    door64('~~ not base64 ~~', Answer),
    atom(Answer).

:- end_tests(door).
