:- encoding(utf8).
:- module(door,
          [ door/2,         % +Request, -Answer
            door64/2        % +Request64, -Answer64
          ]).
:- use_module(dialect).
:- use_module(proof).
:- use_module(whynot).
:- use_module(words).
:- use_module(library(apply)).
:- use_module(library(base64)).
:- use_module(library(http/json)).
:- use_module(library(lists)).
:- use_module(library(time)).

/** <module> The JSON door

One request, one answer, both JSON texts. Whatever happens, the answer is JSON and nothing is printed. Terms are
written

  | integer          | number                       |
  | constant         | string                       |
  | string           | {"s": "..."}                 |
  | atom             | {"p": "name", "a": [...]}    |
  | variable         | {"v": "X"}                   |

Requests carry "op", one of `load facts atoms solve prove prove_not why_not version` (see answer/3), and may carry "seconds", 10
unless said, after which a question is given up.
*/

%!  door(+Request:string, -Answer:string) is det.

door(Request, Answer) :-
    catch(reply(Request, Reply), Error, refusal(Error, Reply)),
    json_text(Reply, Answer).

%!  door64(+Request64:atom, -Answer64:atom) is det.
%
%   The same with both texts as UTF-8 in base64: for callers that can only pass a query as text.

door64(Request64, Answer64) :-
    catch(( base64_encoded(Request, Request64, [as(string), encoding(utf8)]),
            door(Request, Answer)
          ),
          Error,
          ( refusal(Error, Reply), json_text(Reply, Answer) )),
    base64_encoded(Answer, Answer64, [as(atom), encoding(utf8)]).

json_text(Reply, Text) :-
    with_output_to(string(Text), json_write_dict(current_output, Reply, [width(0)])).

reply(RequestText, Reply) :-
    setup_call_cleanup(open_string(RequestText, In), json_read_dict(In, Request), close(In)),
    (   is_dict(Request),
        get_dict(op, Request, Name),
        string(Name),
        atom_string(Op, Name),
        clause(answer(Op, _, _), _)
    ->  true
    ;   throw(dialect(request("no such op")))
    ),
    (   get_dict(seconds, Request, Seconds),
        number(Seconds)
    ->  true
    ;   Seconds = 10
    ),
    (   memberchk(Op, [load, facts])                % half done, these would leave half a law
    ->  answered(Op, Request, Reply)
    ;   catch(call_with_time_limit(Seconds, answered(Op, Request, Reply)),
              time_limit_exceeded,
              throw(dialect(time_limit(Seconds))))
    ).

answered(Op, Request, Reply) :-
    answer(Op, Request, Reply), !.
answered(Op, _, _) :-
    format(string(Missing), "~w lacks what it needs", [Op]),
    throw(dialect(request(Missing))).

refusal(Error, _{error: English, zh: Chinese, kind: Kind}) :-
    (   Error = dialect(Problem)
    ->  true
    ;   Error = error(resource_error(What), _)
    ->  Problem = resource(What)
    ;   Error = error(syntax_error(json(What)), _)
    ->  Problem = request(What)
    ;   Error = error(Formal, _)
    ->  Problem = Formal
    ;   Problem = Error
    ),
    functor(Problem, Kind, _),
    problem_words(Problem, English, Chinese),
    abolish_all_tables.

                /*******************************
                *           ANSWERS            *
                *******************************/

%!  answer(+Op, +Request:dict, -Reply:dict) is semidet.
%
%   Fails if Request lacks a field.

answer(version, _, _{version: Version, rules: Count}) :-
    current_prolog_flag(version_data, swi(Major, Minor, Patch, _)),
    format(string(Version), "~d.~d.~d", [Major, Minor, Patch]),
    rule_count(Count).
answer(load, Request, _{ok: Ok, rules: Count, diagnostics: Diagnostics}) :-
    get_dict(files, Request, Files),
    is_list(Files),
    maplist(string, Files),
    load_law(Files, Count, Problems),
    maplist(diagnostic, Problems, Diagnostics),
    (   Problems == []
    ->  Ok = true
    ;   Ok = false
    ).
answer(facts, Request, _{ok: true}) :-
    get_dict(facts, Request, Encoded),
    maplist(decoded([]), Encoded, Facts),
    set_case(Facts).
answer(atoms, _, _{atoms: Atoms}) :-
    findall(Atom-Derived, true_atom(Atom, Derived), Found),
    sort(Found, Sorted),
    maplist([Atom-Derived, _{atom: Encoded, derived: Derived}]>>encoded([], Atom, Encoded), Sorted, Atoms).
answer(solve, Request, _{answers: Answers}) :-
    goal(Request, Goal),
    findall(Goal, holds(Goal), Found),
    sort(Found, Sorted),
    (   get_dict(limit, Request, Limit),
        integer(Limit),
        length(First, Limit),
        append(First, _, Sorted)
    ->  true
    ;   First = Sorted
    ),
    maplist(encoded([]), First, Answers).
answer(prove, Request, _{proof: Node}) :-
    goal(Request, Goal),
    (   proof(Goal, Proof)
    ->  node(Proof, Node)
    ;   Node = null
    ).
answer(prove_not, Request, _{proof: Node}) :-
    goal(Request, Goal),
    (   refutation(Goal, 2, Proof)
    ->  node(Proof, Node)
    ;   Node = null
    ).

answer(why_not, Request, _{failure: Node}) :-
    goal(Request, Goal),
    get_dict(fields, Request, Texts),
    maplist(name_decoded, Texts, Fields),
    (   why_not(Goal, Fields, Failure)
    ->  failure_node(Failure, Node)
    ;   Node = null
    ).

rule_count(Count) :-
    predicate_property(dialect:rule(_, _, _, _, _, _), number_of_clauses(Count)).

diagnostic(problem(File, Line, Problem), _{file: File, line: Line, message: English, zh: Chinese}) :-
    problem_words(Problem, English, Chinese).

goal(Request, Goal) :-
    get_dict(goal, Request, Encoded),
    decoded(_, Encoded, Goal),
    functor(Goal, Name, Arity),
    (   known(Name, Arity)
    ->  true
    ;   throw(dialect(unknown_predicate(Name, Arity)))
    ).

                /*******************************
                *            PROOFS            *
                *******************************/

node(rule(Atom, Id, Proofs), Node) :-
    maplist(node, Proofs, Children),
    proof_node(Atom, rule, _{rule: Place, children: Children}, Node),
    place(Id, Place).
node(repeat(Atom, Id), Node) :-
    proof_node(Atom, rule, _{rule: Place, children: [], repeat: true}, Node),
    place(Id, Place).
node(fact(Atom, Id), Node) :-
    proof_node(Atom, fact, _{rule: Place, children: []}, Node),
    place(Id, Place).
node(input(Atom), Node) :-
    proof_node(Atom, input, _{children: []}, Node).
node(not(Atom, Attempts), Node) :-
    maplist(attempt_node, Attempts, Tried),
    proof_node(Atom, not, _{children: [], attempts: Tried}, Node).
node(comparison(Op, Left, Right, Expression), Node) :-
    literal_encoded([], comparison(Op, Left, Right), Comparison),
    (   compound(Expression)
    ->  format(string(Text), "~w", [Expression]),
        Node = Comparison.put(_{by: comparison, children: [], expression: Text})
    ;   Node = Comparison.put(_{by: comparison, children: []})
    ).

proof_node(Atom, By, More, Node) :-
    encoded([], Atom, Encoded),
    Node = More.put(_{atom: Encoded, by: By}).

attempt_node(attempt(Id, Names, Literal, Because), Node) :-
    place(Id, Place),
    literal_kind(Literal, Kind),
    (   Kind == atom
    ->  encoded(Names, Literal, Failed)
    ;   literal_encoded(Names, Kind, Failed)
    ),
    (   Because == none
    ->  Node = _{rule: Place, failed: Failed}
    ;   node(Because, Explained),
        Node = _{rule: Place, failed: Failed, because: Explained}
    ).

%!  failure_node(+Failure, -Node) is det.
%
%   A failure as the module whynot has it.

failure_node(failed(Atom, Attempts), _{by: failed, atom: Encoded, attempts: Tried}) :-
    encoded([], Atom, Encoded),
    maplist(attempted, Attempts, Tried).
failure_node(not_stated(Atom), _{by: not_stated, atom: Encoded}) :-
    encoded([], Atom, Encoded).
failure_node(not_met(Atom, Stated), _{by: not_met, atom: Encoded, stated: Others}) :-
    encoded([], Atom, Encoded),
    maplist(encoded([]), Stated, Others).
failure_node(comparison(Op, Left, Right), Node) :-
    (   compound(Right)
    ->  catch(Value is Right, error(_, _), Value = Right)
    ;   Value = Right
    ),
    literal_encoded([], comparison(Op, Left, Value), Comparison),
    Node = Comparison.put(by, comparison).
failure_node(forbidden(Atom, Proof), _{by: forbidden, atom: Encoded, proof: Node}) :-
    encoded([], Atom, Encoded),
    node(Proof, Node).

attempted(attempt(Id, _, Lacks), _{rule: Place, lacks: Nodes}) :-
    place(Id, Place),
    maplist(failure_node, Lacks, Nodes).

literal_encoded(Names, not(Atom), _{not: Encoded}) :-
    encoded(Names, Atom, Encoded).
literal_encoded(Names, comparison(Op, Left, Right), _{op: Op, left: L, right: R}) :-
    maplist(term_encoded(Names), [Left, Right], [L, R]).

place(Id, _{file: File, line: Line}) :-
    rule(Id, _, _, _, File, Line).

                /*******************************
                *             TERMS            *
                *******************************/

%!  encoded(+Names, +Atom, -JSON) is det.
%!  decoded(?Names, +JSON, -Atom) is det.
%
%   Names are the variables by name, 'X'=X; decoding adds to an open list, and a closed one allows none.

encoded(Names, Atom, _{p: Name, a: Encoded}) :-
    Atom =.. [Name|Arguments],
    maplist(term_encoded(Names), Arguments, Encoded).

term_encoded(Names, Term, Encoded) :-
    (   integer(Term)
    ->  Encoded = Term
    ;   atom(Term)
    ->  atom_string(Term, Encoded)
    ;   string(Term)
    ->  Encoded = _{s: Term}
    ;   var(Term)
    ->  (   member(Name=Variable, Names),
            Variable == Term
        ->  true
        ;   Name = '_'
        ),
        Encoded = _{v: Name}
    ;   format(string(Sum), "~w", [Term]),
        Encoded = _{s: Sum}
    ).

decoded(Names, JSON, Atom) :-
    (   is_dict(JSON),
        get_dict(p, JSON, Text),
        get_dict(a, JSON, Encoded),
        string(Text),
        is_list(Encoded)
    ->  name_decoded(Text, Name),
        maplist(term_decoded(Names), Encoded, Arguments),
        Atom =.. [Name|Arguments]
    ;   throw(dialect(request("an atom is {\"p\": name, \"a\": [...]}")))
    ).

term_decoded(Names, JSON, Term) :-
    (   integer(JSON)
    ->  Term = JSON
    ;   string(JSON)
    ->  name_decoded(JSON, Term)
    ;   is_dict(JSON),
        get_dict(s, JSON, Text),
        string(Text)
    ->  Term = Text
    ;   is_dict(JSON),
        get_dict(v, JSON, Name),
        string(Name),
        (   Name == "_"
        ;   memberchk(Name=Term, Names)
        )
    ->  true
    ;   throw(dialect(request("no such term in the dialect")))
    ).

name_decoded(Text, Name) :-
    atom_string(Name, Text),
    (   constant(Name)
    ->  true
    ;   throw(dialect(request("a constant or predicate is [a-z][A-Za-z0-9_]*")))
    ).
