:- encoding(utf8).
:- module(dialect,
          [ load_law/3,     % +Files, -Count, -Problems
            set_case/1,     % +Facts
            rule/6,         % ?Id, ?Head, ?Body, ?Names, ?File, ?Line
            case_fact/2,    % ?Atom, ?Reference
            known/2,        % ?Name, ?Arity
            holds/1,        % ?Literal
            holds_in_order/1, % ?Literal
            true_atom/2,    % -Atom, -Derived
            literal_kind/2, % +Literal, -Kind
            constant/1      % +Term
          ]).
:- use_module(library(apply)).
:- use_module(library(lists)).

/** <module> The dialect: one law, two engines

Reads what docs/dialect.md describes and keeps it twice: as rule/6, data for proofs, and as tabled dynamic clauses of
the module =law=, where truth is computed under the well-founded semantics. A body is a list of literals as written:
an atom, `not Atom`, `X = Y`, `not X = Y`, `X < Y` and so on.

What is wrong with a file is data: problem(File, Line, Problem). What is wrong while an answer is computed is thrown
as dialect(Problem). The words for both are in words.pl.
*/

:- op(900, fy, law:not).
:- op(700, xfx, law:(<=)).
:- op(900, fy, not).
:- op(700, xfx, <=).

:- dynamic
    rule/6,             % Names: ['X'=Var, ...] as read
    case_fact/2,
    known/2,
    prepared/2.         % a predicate that is dynamic and tabled; it stays so when another law is loaded

                /*******************************
                *            LOADING           *
                *******************************/

%!  load_law(+Files, -Count, -Problems) is det.
%
%   Replace the law by the rules of Files; the case facts go too. With any problem the law stays empty, for half a law
%   gives wrong answers, and Count is 0.

load_law(Files, Count, Problems) :-
    forget_case,
    retractall(rule(_, _, _, _, _, _)),
    forall(known(Name, Arity), ( functor(Head, Name, Arity), retractall(law:Head) )),
    retractall(known(_, _)),
    findall(Item, ( member(File, Files), item(File, Item) ), Items),
    partition([problem(_, _, _)]>>true, Items, Wrong, Clauses),
    findall(Undeclared, undeclared(Clauses, Undeclared), Missing),
    append(Wrong, Missing, Problems),
    (   Problems == []
    ->  foldl(add_clause, Clauses, 0, Count)
    ;   Count = 0
    ),
    abolish_all_tables.

add_clause(clause(Head, Body, Names, File, Line), Id0, Id) :-
    Id is Id0+1,
    assertz(rule(Id, Head, Body, Names, File, Line)),
    ensure_known(Head),
    maplist(law_goal, Body, Goals),
    forall(( member(Literal, Body), about(Literal, Atom) ), ensure_known(Atom)),
    forall(declares(Head, Name, Arity), ( functor(Declared, Name, Arity), ensure_known(Declared) )),
    conjunction(Goals, Conjunction),
    assertz(law:(Head :- Conjunction)).

conjunction([], true).
conjunction([Goal|Goals], Conjunction) :-
    foldl([Next, Done, (Done, Next)]>>true, Goals, Goal, Conjunction).

ensure_known(Atom) :-
    functor(Atom, Name, Arity),
    (   known(Name, Arity)
    ->  true
    ;   assertz(known(Name, Arity)),
        (   prepared(Name, Arity)
        ->  true
        ;   dynamic(law:Name/Arity),
            table(law:Name/Arity),
            assertz(prepared(Name, Arity))
        )
    ).

%!  item(+File, -Item) is nondet.
%
%   Item is clause(Head, Body, Names, File, Line) or problem(File, Line, Problem), in the order of the file.

item(File, Item) :-
    (   exists_file(File),
        catch(open(File, read, In, [encoding(utf8), bom(false)]), error(_, _), fail)
    ->  call_cleanup(stream_item(In, File, Item), close(In))
    ;   Item = problem(File, 1, unreadable)
    ).

stream_item(In, File, Item) :-
    repeat,
    catch(read_term(In, Term,
                    [ module(law), double_quotes(string), variable_names(Names), term_position(Position),
                      syntax_errors(error)
                    ]),
          error(syntax_error(Message), Context), true),
    (   nonvar(Message)
    ->  error_line(Context, Line),
        Item = problem(File, Line, syntax(Message))
    ;   Term == end_of_file,
        at_end_of_stream(In)
    ->  !,
        fail
    ;   stream_position_data(line_count, Position, Line),
        catch(( clause_parts(Term, Names, Head, Body), Item = clause(Head, Body, Names, File, Line) ),
              dialect(Problem),
              Item = problem(File, Line, Problem))
    ).

error_line(Context, Line) :-
    (   Context = stream(_, Line, _, _)
    ->  true
    ;   Context = file(_, Line, _, _)
    ->  true
    ;   Line = 1
    ).

                /*******************************
                *      WHAT IS ALLOWED         *
                *******************************/

%!  clause_parts(+Term, +Names, -Head, -Body) is det.
%
%   @throws dialect(Problem) if Term is not a fact or a safe rule of the dialect.

clause_parts(Term, Names, Head, Body) :-
    forall(( member(Name=_, Names), \+ plain_name(Name, upper) ), throw(dialect(variable_name(Name)))),
    (   nonvar(Term), Term = (Head :- Conditions)
    ->  literals(Conditions, Body)
    ;   Head = Term,
        Body = []
    ),
    atomic_formula(Head),
    maplist(literal, Body),
    foldl(binds(Names), Body, [], Bound),
    all_bound(Head, Bound, Names).

literals(Conditions, _) :-
    var(Conditions), !,
    throw(dialect(outside(Conditions))).
literals((A, B), Literals) :- !,
    literals(A, As),
    literals(B, Bs),
    append(As, Bs, Literals).
literals(Literal, [Literal]).

literal(not(Literal)) :- !,
    (   nonvar(Literal), Literal = (_ = _)
    ->  literal(Literal)
    ;   atomic_formula(Literal)
    ).
literal(X = Y) :- !,
    simple(X),
    (   var(X)
    ->  addends(Y)
    ;   simple(Y)
    ).
literal(Literal) :-
    literal_kind(Literal, comparison(_, X, Y)), !,
    maplist(number_place, [X, Y]).
literal(Literal) :-
    atomic_formula(Literal).

addends(Sum) :-
    nonvar(Sum),
    ( Sum = A+B ; Sum = A-B ), !,
    maplist(addend, [A, B]).
addends(Term) :-
    simple(Term).

addend(Sum) :-
    nonvar(Sum),
    ( Sum = A+B ; Sum = A-B ), !,
    maplist(addend, [A, B]).
addend(Term) :-
    number_place(Term).

number_place(Term) :-
    (   ( var(Term) ; integer(Term) )
    ->  simple(Term)
    ;   throw(dialect(not_a_number(Term)))
    ).

atomic_formula(Term) :-
    (   compound(Term)
    ->  compound_name_arguments(Term, Name, Arguments),
        Arguments \== []
    ;   Name = Term,
        Arguments = []
    ),
    constant(Name), !,
    maplist(simple, Arguments),
    length(Arguments, Arity),
    (   current_predicate(system:Name/Arity)        % predicate_property/2 would autoload libraries
    ->  throw(dialect(system_predicate(Name, Arity)))
    ;   true
    ).
atomic_formula(Term) :-
    throw(dialect(outside(Term))).

simple(Term) :-
    (   ( var(Term) ; string(Term) ; constant(Term) )
    ->  true
    ;   integer(Term)
    ->  within_31_bits(Term)
    ;   throw(dialect(outside(Term)))
    ).

within_31_bits(Integer) :-
    (   Integer >= -2147483648,
        Integer =< 2147483647
    ->  true
    ;   throw(dialect(too_big(Integer)))
    ).

%!  constant(@Term) is semidet.
%
%   Term is an atom that clingo reads as a constant, and the dialect allows.

constant(Term) :-
    atom(Term),
    Term \== (not),
    plain_name(Term, lower).

plain_name(Name, Case) :-
    atom_codes(Name, [First|Rest]),
    code_type(First, csymf), First < 128,
    (   Case == upper
    ->  between(0'A, 0'Z, First)
    ;   between(0'a, 0'z, First)
    ),
    forall(member(Code, Rest), ( Code < 128, code_type(Code, csym) )).

                /*******************************
                *            SAFETY            *
                *******************************/

%!  binds(+Names, +Literal, +Bound0, -Bound) is det.
%
%   Bound are the variables that have a value once Literal holds. An anonymous variable under `not` needs none: there
%   is no such atom, whatever stands in its place.

binds(Names, not(Literal), Bound, Bound) :- !,
    (   Literal = (_ = _)
    ->  all_bound(Literal, Bound, Names)
    ;   maplist([_=V, V]>>true, Names, Named),
        term_variables(Literal, Variables),
        include(among(Named), Variables, Used),
        all_bound(Used, Bound, Names)
    ).
binds(Names, X = Y, Bound0, Bound) :- !,
    (   var(Y), \+ among(Bound0, Y)
    ->  all_bound(X, Bound0, Names)
    ;   all_bound(Y, Bound0, Names)
    ),
    term_variables((X, Y)-Bound0, Bound).
binds(Names, Literal, Bound, Bound) :-
    literal_kind(Literal, comparison(_, _, _)), !,
    all_bound(Literal, Bound, Names).
binds(_, Atom, Bound0, Bound) :-
    term_variables(Atom-Bound0, Bound).

all_bound(Term, Bound, Names) :-
    term_variables(Term, Variables),
    (   member(Variable, Variables),
        \+ among(Bound, Variable)
    ->  (   member(Name=Named, Names),
            Named == Variable
        ->  true
        ;   Name = '_'
        ),
        throw(dialect(unsafe(Name)))
    ;   true
    ).

among(Variables, Variable) :-
    member(Other, Variables),
    Other == Variable, !.

%!  undeclared(+Clauses, -Problem) is nondet.
%
%   A body asks for a predicate that nothing can make true. Only asked if the files declare any predicate.

undeclared(Clauses, problem(File, Line, unknown_predicate(Name, Arity))) :-
    member(clause(Declaration, [], _, _, _), Clauses),
    declares(Declaration, _, _), !,
    findall(N/A, ( member(clause(Head, _, _, _, _), Clauses), ( functor(Head, N, A) ; declares(Head, N, A) ) ), Given0),
    sort(Given0, Given),
    member(clause(_, Body, _, File, Line), Clauses),
    member(Literal, Body),
    about(Literal, Atom),
    functor(Atom, Name, Arity),
    \+ memberchk(Name/Arity, Given).

declares(input(Name, Arity), Name, Arity) :- atom(Name), integer(Arity).
declares(hook(Name, Arity), Name, Arity) :- atom(Name), integer(Arity).

about(Literal, Atom) :-
    literal_kind(Literal, Kind),
    (   Kind = not(Atom)
    ->  true
    ;   Kind == atom,
        Atom = Literal
    ).

%!  literal_kind(+Literal, -Kind) is det.
%
%   Kind is =atom=, not(Atom), or comparison(Op, Left, Right) with Op among = != < <= > >=.

literal_kind(not(X = Y), Kind) :- !,
    Kind = comparison('!=', X, Y).
literal_kind(not(Atom), Kind) :- !,
    Kind = not(Atom).
literal_kind(Literal, Kind) :-
    (   functor(Literal, Op, 2),
        memberchk(Op, [=, <, <=, >, >=])
    ->  Literal =.. [_, X, Y],
        Kind = comparison(Op, X, Y)
    ;   Kind = atom
    ).

                /*******************************
                *             TRUTH            *
                *******************************/

%!  holds(?Literal) is nondet.
%
%   Literal holds; its variables are bound by it. Alternatives come in the order of the table, none twice.
%
%   @throws dialect(undefined(Literal)) if it is neither true nor false (negation through recursion).

holds(Literal) :-
    law_goal(Literal, Goal),
    call_delays(law:Goal, Delays),
    (   Delays == true
    ->  true
    ;   throw(dialect(undefined(Literal)))
    ).

%!  holds_in_order(?Literal) is nondet.
%
%   As holds/1, its instances in the standard order: the tables have them in an order that depends on what the process
%   did before.

holds_in_order(Literal) :-
    findall(Literal, holds(Literal), Found),
    sort(Found, Sorted),
    member(Literal, Sorted).

%!  law_goal(+Literal, -Goal) is det.
%
%   Goal decides Literal in the module =law=. A variable left in a negated atom is anonymous, by safety, once the
%   literals to the left hold; in a clause that is not run yet it is for not_exists/1 to see.

law_goal(Literal, Goal) :-
    literal_kind(Literal, Kind),
    (   Kind = comparison(Op, X, Y)
    ->  Goal = dialect:compared(Op, X, Y)
    ;   Kind = not(Atom)
    ->  Goal = not_exists(Atom)
    ;   Goal = Literal
    ).

compared(=, X, Y) :-
    value(Y, X).
compared('!=', X, Y) :-
    value(Y, Value),
    X \== Value.
compared(<, X, Y) :-
    maplist(number_value, [X, Y]),
    X < Y.
compared(<=, X, Y) :-
    maplist(number_value, [X, Y]),
    X =< Y.
compared(>, X, Y) :-
    maplist(number_value, [X, Y]),
    X > Y.
compared(>=, X, Y) :-
    maplist(number_value, [X, Y]),
    X >= Y.

value(Term, Value) :-
    (   compound(Term)
    ->  total(Term, Sum),
        within_31_bits(Sum),
        Value = Sum
    ;   Value = Term
    ).

total(A+B, Sum) :- !,
    total(A, X),
    total(B, Y),
    Sum is X+Y.
total(A-B, Sum) :- !,
    total(A, X),
    total(B, Y),
    Sum is X-Y.
total(Integer, Integer) :-
    number_value(Integer).

% SWI-Prolog would take the constant e and the string "a" for numbers.
number_value(Term) :-
    (   integer(Term)
    ->  true
    ;   throw(dialect(not_a_number(Term)))
    ).

%!  true_atom(-Atom, -Derived) is nondet.
%
%   Each true atom once; Derived is =true= if a rule with a body gives it, else =false=.

true_atom(Atom, Derived) :-
    known(Name, Arity),
    functor(Atom, Name, Arity),
    holds(Atom),
    (   given(Atom),
        \+ follows(Atom)
    ->  Derived = false
    ;   Derived = true
    ).

given(Atom) :-
    rule(_, Atom, [], _, _, _), !.
given(Atom) :-
    case_fact(Atom, _), !.

follows(Atom) :-
    rule(_, Atom, Body, _, _, _),
    Body = [_|_],
    maplist(holds, Body), !.

                /*******************************
                *           THE CASE           *
                *******************************/

%!  set_case(+Facts) is det.
%
%   Facts replace the facts of the case; the law stays. None is stored if one is outside the dialect.

set_case(Facts) :-
    forall(member(Fact, Facts), clause_parts(Fact, [], _, [])),
    forget_case,
    sort(Facts, Set),
    forall(member(Fact, Set),
           ( ensure_known(Fact),
             assertz(law:Fact, Reference),
             assertz(case_fact(Fact, Reference))
           )),
    abolish_all_tables.

forget_case :-
    forall(retract(case_fact(_, Reference)), erase(Reference)).
