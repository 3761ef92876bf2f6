:- encoding(utf8).
:- module(ask, [ main/0, truth/1 ]).
:- use_module(dialect).
:- use_module(words).
:- use_module(library(aggregate)).
:- use_module(library(apply)).
:- use_module(library(dcg/basics), []).
:- use_module(library(gensym)).
:- use_module(library(http/json)).
:- use_module(library(lists)).
:- use_module(library(nb_set)).
:- use_module(library(occurs)).
:- use_module(library(option)).
:- use_module(library(ordsets)).
:- use_module(library(pairs)).
:- use_module(library(prolog_format), []).
:- use_module(library(sandbox)).
:- use_module(library(solution_sequences)).
:- use_module(library(strings)).
:- use_module(library(time)).
:- use_module(library(wfs)).
:- use_module(library(yall)).

/** <module> Queries in Prolog, and goals that a user wrote

A process of its own: it loads the law (the files after =|--|=), says that it is ready, reads one request (a line of
JSON), answers with one line of JSON, and ends. A request holds

  | worlds  | a list of cases, each a list of atoms: facts that hold beside the law |
  | queries | a list of {"program": text or null, "goal": text or null, "seconds": n, "most": n} |

A *program* is a query of the library, which is trusted: clauses for answer/N. A *goal* is a user's: it runs only if
library(sandbox) finds it safe. In both, every predicate of the law and of the case can be called.
*/

:- dynamic goal:answer/0.
:- op(900, fy, goal:not).

most_characters(2000).

main :-
    current_prolog_flag(argv, Arguments),
    findall(File, ( member(File, Arguments), file_name_extension(_, lp, File) ), Files),
    load_law(Files, _, Problems),
    (   Problems = [problem(File, Line, Problem)|_]
    ->  problem_words(Problem, English, Chinese),
        format(string(Where), "~w:~w", [File, Line]),
        said(_{error: _{kind: law, en: English, zh: Chinese, where: Where}})
    ;   visible,
        with_output_to(string(_), warm),
        said(_{ready: true}),
        stream_property(Out, alias(user_output)),
        silence,
        json_read_dict(user_input, Request),
        findall(Answer, ( member(Query, Request.queries), answered(Query, Request.worlds, Answer) ), Answers),
        set_stream(Out, alias(user_output)),
        said(_{answers: Answers})
    ).

% Once the process is ready it may open no file: what a goal may need of the libraries is loaded here.
warm :-
    Goal = "X = 1, not fail, aggregate_all(count, member(_, [a]), N), aggregate_all(bag(Y), member(Y, [b, a]), B),
            forall(nth1(_, [a], _), true), sort(0, @>=, B, D), foldl([A, P, A-P]>>true, [a], z, F), sumlist([1], T),
            sub_string(\"ab\", _, 1, 0, S), atomic_list_concat([a, b], C), order_by([asc(Z)], member(Z, [a])),
            findall(K-V, member(K-V, [a-1]), KVs), keysort(KVs, KS), setof(J, member(J, [a]), Js), last([1], L),
            subtract([a], [b], U), exclude([Q]>>(Q == a), [b], W), format(string(H), \"~w\", [a]), once(sum_list([1], O)),
            split_string(\"a b\", \" \", \"\", I), max_list([1], Max), format(\"a ~w ~q ~a ~d~n\", [a, b, c, 1]), format(\"a~n\"), writeln(a), string_concat(a, b, Con), group_pairs_by_key(KS, G)",
    Program = "answer(X) :- member(X, [a]).",
    answered(_{goal: Goal, program: null, seconds: 5, most: 1}, [[]], First),
    answered(_{goal: null, program: Program, seconds: 5, most: 1}, [[]], Second),
    (   get_dict(error, First, Problem)
    ->  throw(warm(Problem))
    ;   get_dict(error, Second, Problem)
    ->  throw(warm(Problem))
    ;   known(Name, Arity),
        functor(Head, Name, Arity),
        ignore(holds(Head))
    ), !.

said(Reply) :-
    json_write_dict(user_output, Reply, [width(0)]),
    nl(user_output),
    flush_output(user_output).

% What a goal prints goes nowhere: the answer is the only thing that leaves this process.
silence :-
    open_null_stream(Null),
    set_stream(Null, alias(user_output)),
    set_stream(Null, alias(user_error)),
    set_output(Null).

%!  visible is det.
%
%   Each predicate of the law can be called in the module =goal=; what holds is decided in =dialect=.

visible :-
    forall(( known(Name, Arity), functor(Head, Name, Arity), \+ current_predicate(goal:Name/Arity) ),
           assertz((goal:Head :- ask:truth(Head)))).

%!  truth(?Atom) is nondet.
%
%   Atom holds. It is an atom of the law or of the case: no other goal gets through this door.

truth(Atom) :-
    callable(Atom),
    functor(Atom, Name, Arity),
    known(Name, Arity),
    holds(Atom).

:- multifile sandbox:safe_primitive/1.
sandbox:safe_primitive(ask:truth(_)).

                /*******************************
                *           ANSWERS            *
                *******************************/

answered(Query, Worlds, Answer) :-
    catch(( prepared_query(Query, Module, Goal, Names),
            findall(Rows, ( member(World, Worlds), rows(World, Module, Query, Goal, Names, Rows) ), AllRows),
            pairs_keys(Names, Columns),
            Answer = _{columns: Columns, worlds: AllRows}
          ),
          Error,
          ( refusal(Error, Refusal), Answer = _{error: Refusal} )), !.

prepared_query(Query, goal, Goal, Columns) :-
    string(Query.goal), !,
    term_string_in(Query.goal, Goal, Names),
    (   nonvar(Goal), Goal = (_ :- _)
    ->  throw(asked(rule))
    ;   true
    ),
    (   sub_term(Qualified, Goal), nonvar(Qualified), Qualified = _:_
    ->  throw(asked(module))
    ;   true
    ),
    exclude([Name=_]>>sub_atom(Name, 0, _, _, '_'), Names, Named),
    maplist([Name=Value, Name-Value]>>true, Named, Columns),
    once(safe_goal(goal:Goal)).
prepared_query(Query, Module, Goal, Columns) :-
    gensym(query, Module),
    add_import_module(Module, goal, start),
    dynamic(Module:given/2),
    setup_call_cleanup(open_string(Query.program, In), clauses(In, Module), close(In)),
    current_predicate(Module:answer/Arity),
    Arity > 0, !,
    functor(Goal, answer, Arity),
    Goal =.. [_|Values],
    findall(I-_, between(1, Arity, I), Columns),
    pairs_values(Columns, Values).

term_string_in(Text, Goal, Names) :-
    (   split_string(Text, "", " \t\n", [""])
    ->  throw(asked(empty))
    ;   true
    ),
    Options = [module(goal), double_quotes(string), syntax_errors(error)],
    string_concat(Text, "\n.", Ended),
    setup_call_cleanup(open_string(Ended, In),
                       ( read_term(In, Goal, [variable_names(Names)|Options]), read_term(In, More, Options) ),
                       close(In)),
    (   More \== end_of_file
    ->  throw(asked(several))
    ;   var(Goal)
    ->  throw(asked(variable))
    ;   true
    ).

clauses(In, Module) :-
    repeat,
    read_term(In, Clause, [module(goal), double_quotes(string), syntax_errors(error)]),
    (   Clause == end_of_file
    ->  !
    ;   Clause = (:- _)
    ->  throw(asked(directive))
    ;   assertz(Module:Clause),
        fail
    ).

%!  rows(+World, +Module, +Query, +Goal, +Columns, -Rows) is det.
%
%   Rows are the distinct answers in one world, sorted; one more than asked for, if there are more.

rows(World, Module, Query, Goal, Columns, Rows) :-
    maplist(decoded_atom, World, Facts),
    set_case(Facts),
    visible,
    pairs_values(Columns, Values),
    More is Query.most+1,
    copy_term(Goal-Values, Fresh-Found),
    catch(call_with_time_limit(Query.seconds,
                               findall(Row,
                                       limit(More, distinct(Row, ( call(Module:Fresh), maplist(encoded, Found, Row) ))),
                                       Unsorted)),
          time_limit_exceeded,
          throw(asked(time))),
    sort(Unsorted, Rows).

                /*******************************
                *             TERMS            *
                *******************************/

encoded(Term, JSON) :-
    (   integer(Term),
        abs(Term) < 1<<53
    ->  JSON = Term
    ;   atom(Term)
    ->  short(Term, _),
        atom_string(Term, JSON)
    ;   string(Term)
    ->  short(Term, _),
        JSON = _{s: Term}
    ;   var(Term)
    ->  JSON = _{t: "_"}
    ;   short(Term, Text),
        JSON = _{t: Text}
    ).

short(Term, Text) :-
    most_characters(Most),
    (   write_length(Term, _, [max_length(Most), quoted(true)])
    ->  true
    ;   throw(asked(long))
    ),
    with_output_to(string(Text), write_term(Term, [quoted(true), numbervars(true)])).

decoded_atom(JSON, Atom) :-
    atom_string(Name, JSON.p),
    maplist(decoded, JSON.a, Arguments),
    Atom =.. [Name|Arguments].

decoded(JSON, Term) :-
    (   integer(JSON)
    ->  Term = JSON
    ;   string(JSON)
    ->  atom_string(Term, JSON)
    ;   Term = JSON.s
    ).

                /*******************************
                *           REFUSALS           *
                *******************************/

%!  refusal(+Error, -Refusal:dict) is det.
%
%   What went wrong, by its kind; the words are the caller's.

refusal(Error, _{kind: Kind, what: What}) :-
    (   refused(Error, Kind, Term)
    ->  true
    ;   Kind = error,
        Term = Error
    ),
    (   string(Term)
    ->  What = Term
    ;   catch(short(Term, What), _, What = "")
    ).

refused(asked(What), What, "").
refused(dialect(Problem), law, English) :- problem_words(Problem, English, _).
refused(error(syntax_error(What), _), syntax, What).
refused(error(existence_error(procedure, What), _), unknown, Indicator) :-
    strip_module(What, _, Plain),
    (   Plain = _/_
    ->  Indicator = Plain
    ;   functor(Plain, Name, Arity),
        Indicator = Name/Arity
    ).
refused(error(permission_error(_, sandboxed, What), _), unsafe, Name/Arity) :-
    strip_module(What, _, Goal),
    functor(Goal, Name, Arity).
refused(error(instantiation_error, sandbox(_, _)), unsafe, "call of a variable").
refused(error(resource_error(max_files), _), unsafe, "it would open a file or a socket").
refused(error(resource_error(What), _), memory, What).
refused(error(Formal, _), error, Formal).
