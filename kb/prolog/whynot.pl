:- encoding(utf8).
:- module(whynot, [why_not/3]).     % +Goal, +Fields, -Failure
:- use_module(dialect).
:- use_module(proof).
:- use_module(library(apply)).
:- use_module(library(lists)).
:- use_module(library(pairs)).
:- use_module(library(solution_sequences)).

/** <module> Why-not: the attempts that came closest

A failure is

  - failed(Atom, Attempts): the rules could give Atom; each attempt(Id, Names, Lacks) is an instance of rule Id with what
    it lacks. Only the attempts that lack least are there, counted in conditions at the leaves.
  - not_stated(Atom): a case may state Atom, and this one states nothing of the kind
  - not_met(Atom, Stated): the case or the law states Stated in its place (other values of the last argument)
  - comparison(Op, Left, Right): of these values it is false
  - forbidden(Atom, Proof): Atom must not hold, and does
*/

most_lacks(3).          % conditions that one rule may lack
most_tried(200).        % instances of one rule that are looked at
most_shown(3).          % attempts that lack the same number
deepest(12).

:- dynamic field/1.

%!  why_not(+Goal, +Fields, -Failure) is semidet.
%
%   Failure shows what keeps Goal from holding; it fails if an instance of Goal holds. Fields are those that a case of
%   this kind can state.

why_not(Goal, Fields, Failure) :-
    \+ holds(Goal),
    retractall(field(_)),
    forall(member(Field, Fields), assertz(field(Field))),
    failure(Goal, [], _, Failure).

%!  failure(+Atom, +Above, -Lacking, -Failure) is det.
%
%   Lacking weighs the conditions at the leaves: 1 where a value that is stated misses a bound, 2 for others. Above are the atoms that Atom is wanted for.

failure(Atom, Above, Lacking, Failure) :-
    (   derivable(Atom)
    ->  derivation_failure(Atom, Above, Lacking, Failure)
    ;   declared_input(Atom)
    ->  stated_instead(Atom, Stated),
        (   Stated == []
        ->  Failure = not_stated(Atom)
        ;   Failure = not_met(Atom, Stated)
        ),
        (   of_another_kind(Atom)
        ->  Lacking = 40
        ;   Lacking = 2
        )
    ;   functor(Atom, Name, Arity),
        of_case(Name, Arity)
    ->  Failure = failed(Atom, []),                 % no rule gives such an instance
        Lacking = 60
    ;   stated_instead(Atom, Stated),
        Failure = not_met(Atom, Stated),
        (   measure(Atom)
        ->  Lacking = 1
        ;   Lacking = 40                            % the law would have to say something else
        )
    ).

derivable(Atom) :-
    \+ \+ rule(_, Atom, [_|_], _, _, _),
    functor(Atom, Name, Arity),
    of_case(Name, Arity).

%!  of_case(+Name, +Arity) is semidet.
%
%   Whether the predicate depends on what a case states; the others are tables of the law.

:- table of_case/2.

of_case(Name, Arity) :-
    rule(_, input(Name, Arity), [], _, _, _).
of_case(Name, Arity) :-
    functor(General, Name, Arity),
    rule(_, General, Body, _, _, _),
    member(Literal, Body),
    (   literal_kind(Literal, not(Atom))
    ->  true
    ;   literal_kind(Literal, atom),
        Atom = Literal
    ),
    functor(Atom, Below, BelowArity),
    of_case(Below, BelowArity).

declared_input(Atom) :-
    functor(Atom, Name, Arity),
    rule(_, input(Name, Arity), [], _, _, _), !.

of_another_kind(Atom) :-
    Atom =.. [Name, _, Field, _],
    memberchk(Name, [fact, cell, quantity, date]),
    atom(Field),
    \+ field(Field).

% What a rung spans is computed: a fact of the law that measures what the case states.
measure(spans(_, _, _)).

%!  stated_instead(+Atom, -Stated) is det.
%
%   Stated are the true atoms that differ from Atom in the last argument.

stated_instead(Atom, Stated) :-
    Atom =.. [Name|Arguments],
    (   append(Key, [_], Arguments)
    ->  append(Key, [_], Open)
    ;   Open = Arguments
    ),
    Other =.. [Name|Open],
    findall(Other, limit(5, holds_in_order(Other)), Stated).


derivation_failure(Atom, Above, Lacking, failed(Atom, Attempts)) :-
    length(Above, Depth),
    deepest(Deepest),
    (   ( Depth >= Deepest ; member(Wanted, Above), Wanted =@= Atom )
    ->  Attempts = [], Lacking = 20
    ;   findall(Count-attempt(Id, Names, Lacks),
                ( rule(Id, Atom, Body, Names, _, _),
                  Body = [_|_],
                  fewest(Body, Names, Missing),
                  maplist(lack([Atom|Above]), Missing, Counts, Lacks),
                  sum_list(Counts, Count)
                ),
                Counted),
        keysort(Counted, Sorted),
        (   Sorted = [Lacking-_|_]
        ->  findall(Attempt, member(Lacking-Attempt, Sorted), Closest0),
            distinct_lacks(Closest0, Closest),
            most_shown(Most),
            findall(Attempt, limit(Most, member(Attempt, Closest)), Attempts)
        ;   Attempts = [], Lacking = 60             % rules for other kinds of matter only
        )
    ).

distinct_lacks([], []).
distinct_lacks([attempt(Id, Names, Lacks)|Attempts], [attempt(Id, Names, Lacks)|Distinct]) :-
    exclude([attempt(_, _, Others)]>>(Others =@= Lacks), Attempts, Rest),
    distinct_lacks(Rest, Distinct).

lack(Above, Literal, Lacking, Lack) :-
    literal_kind(Literal, Kind),
    (   Kind == atom
    ->  failure(Literal, Above, Lacking, Lack)
    ;   Kind = not(Atom)
    ->  proof(Atom, Proof),
        Lack = forbidden(Atom, Proof),
        Lacking = 2
    ;   Lack = Kind,
        Lacking = 1
    ).

%!  fewest(+Body, +Names, -Missing) is nondet.
%
%   Missing are literals of Body without which the rest holds, as few as can be.

fewest(Body, Names, Missing) :-
    most_lacks(Most),
    between(1, Most, Number),
    most_tried(Tried),
    findall(Body-Missing0, limit(Tried, without(Body, Names, Number, Missing0)), Found),
    Found \== [], !,
    member(Body-Missing, Found).

without([], _, 0, []).
without(Body, Names, Number, Missing) :-
    next(Body, Literal, Rest),
    (   undecided(Literal, Names)
    ->  without(Rest, Names, Number, Missing)
    ;   \+ \+ holds(Literal)
    ->  holds_in_order(Literal),
        without(Rest, Names, Number, Missing)
    ;   Number > 0,
        Literal \= kind(_, _),
        Fewer is Number-1,
        Missing = [Literal|Others],
        without(Rest, Names, Fewer, Others)
    ).

% A variable left open by what is missing: nothing can be said.
undecided(Literal, Names) :-
    literal_kind(Literal, Kind),
    Kind \== atom,
    term_variables(Literal, Variables),
    member(Variable, Variables),
    member(_=Named, Names),
    Named == Variable, !.

%!  next(+Body, -Literal, -Rest) is det.
%
%   Tables of the law that the goal already narrows come first: they say which of the law's instances are meant.

next(Body, Literal, Rest) :-
    select(Literal, Body, Rest),
    narrowed_table(Literal), !.
next([Literal|Rest], Literal, Rest).

narrowed_table(Literal) :-
    literal_kind(Literal, atom),
    \+ measure(Literal),
    functor(Literal, Name, Arity),
    \+ of_case(Name, Arity),
    once(( arg(_, Literal, Argument), ( atom(Argument) ; string(Argument) ) )).
