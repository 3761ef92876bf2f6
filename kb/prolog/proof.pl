:- encoding(utf8).
:- module(proof,
          [ proof/2,        % +Atom, -Proof
            refutation/3    % +Atom, +Levels, -Proof
          ]).
:- use_module(dialect).
:- use_module(library(apply)).
:- use_module(library(lists)).

/** <module> Proof trees

A proof is one of

  - rule(Atom, Id, Proofs): the rule Id gives Atom, its body is proved by Proofs
  - repeat(Atom, Id): as proved above
  - fact(Atom, Id): a fact of the law
  - input(Atom): a fact of the case
  - comparison(Op, Left, Right, Expression)
  - not(Atom, Attempts): Atom does not hold; each attempt(Id, Names, Literal, Because) is a rule that could have given
    it, with the furthest literal that fails. Because is a proof (of what `not` denies, or that an atom fails) or
    =none=.
*/

%!  proof(+Atom, -Proof) is semidet.
%
%   Prove the first true instance of Atom, in the standard order. Fails if there is none.
%
%   The true ground instances of rules below the atom are collected, then ranked in rounds: an atom enters with the
%   first instance all of whose premises are in. Reading the tree from these instances cannot go in a circle.

proof(Goal, Proof) :-
    (   ground(Goal)
    ->  once(holds(Goal)),
        Atom = Goal
    ;   findall(Goal, holds(Goal), Found),
        sort(Found, [Atom|_])
    ),
    trie_new(Seen),
    gather([Atom], Seen, Instances),
    trie_new(Ranked),
    rank(Instances, Ranked),
    trie_new(Shown),
    tree(Ranked, Shown, Atom, Proof).

%!  gather(+Atoms, +Seen, -Instances) is det.
%
%   Instances are the instance(Atom, Origin, Body) that hold and that Atoms rest on.

gather([], _, []).
gather([Atom|Atoms], Seen, Instances) :-
    (   trie_insert(Seen, Atom)
    ->  findall(Instance, instance(Atom, Instance), Found),
        sort(Found, Own),
        findall(Premise, ( member(instance(_, _, Body), Own), premise(Body, Premise) ), Premises),
        append(Premises, Atoms, Queue),
        append(Own, Others, Instances),
        gather(Queue, Seen, Others)
    ;   gather(Atoms, Seen, Instances)
    ).

% A fact needs no rule, so nothing below it is looked at.
instance(Atom, instance(Atom, Origin, Body)) :-
    (   rule(Id, Atom, [], _, _, _)
    ->  Origin = fact(Id), Body = []
    ;   case_fact(Atom, _)
    ->  Origin = input, Body = []
    ;   Origin = rule(Id),
        rule(Id, Atom, Body, _, _, _),
        maplist(holds, Body)
    ).

premise(Body, Premise) :-
    member(Premise, Body),
    literal_kind(Premise, atom).

rank([], _) :- !.
rank(Instances, Ranked) :-
    partition(entered(Ranked), Instances, Entering, Waiting),
    forall(( member(instance(Atom, Origin, Body), Entering), \+ trie_lookup(Ranked, Atom, _) ),
           trie_insert(Ranked, Atom, Origin-Body)),
    exclude([instance(Atom, _, _)]>>trie_lookup(Ranked, Atom, _), Waiting, Rest),
    rank(Rest, Ranked).

entered(Ranked, instance(_, _, Body)) :-
    forall(premise(Body, Premise), trie_lookup(Ranked, Premise, _)).

tree(Ranked, Shown, Atom, Proof) :-
    trie_lookup(Ranked, Atom, Origin-Body),
    tree(Origin, Body, Ranked, Shown, Atom, Proof).

tree(fact(Id), _, _, _, Atom, fact(Atom, Id)).
tree(input, _, _, _, Atom, input(Atom)).
tree(rule(Id), Body, Ranked, Shown, Atom, Proof) :-
    (   trie_insert(Shown, Atom)
    ->  Proof = rule(Atom, Id, Proofs),
        maplist(literal_proof(Ranked, Shown), Body, Proofs)
    ;   Proof = repeat(Atom, Id)
    ).

literal_proof(Ranked, Shown, Literal, Proof) :-
    literal_kind(Literal, Kind),
    (   Kind == atom
    ->  tree(Ranked, Shown, Literal, Proof)
    ;   Kind = not(Atom)
    ->  refutation(Atom, 0, Proof)
    ;   Kind = comparison(Op, Left, Expression),
        (   compound(Expression)
        ->  Right is Expression
        ;   Right = Expression
        ),
        Proof = comparison(Op, Left, Right, Expression)
    ).

%!  refutation(+Atom, +Levels, -Proof) is semidet.
%
%   Proof shows why Atom does not hold; it fails if an instance of Atom does. The failure of an attempt is itself
%   explained, down to Levels.

refutation(Atom, Levels, not(Atom, Attempts)) :-
    \+ holds(Atom),
    findall(attempt(Id, Names, Literal, Because),
            ( rule(Id, Atom, Body, Names0, _, _),
              furthest(Body, Names0, Literal, Names),
              because(Literal, Levels, Because)
            ),
            Attempts).

%!  furthest(+Body, +Names0, -Literal, -Names) is det.
%
%   Literal is the last literal of Body that is reached from left to right, as instantiated by what first leads there.

furthest(Body, Names0, Literal, Names) :-
    Furthest = furthest(0, none, none),
    (   walk(Body, 1, Names0, Furthest)
    ->  true
    ;   arg(2, Furthest, Literal-Names)
    ).

walk([Literal|Body], Depth, Names, Furthest) :-
    (   arg(1, Furthest, Reached),
        Depth > Reached
    ->  nb_setarg(1, Furthest, Depth),
        nb_setarg(2, Furthest, Literal-Names)
    ;   true
    ),
    holds_in_order(Literal),
    Next is Depth+1,
    walk(Body, Next, Names, Furthest).

because(_, 0, none) :- !.
because(Literal, Levels, Because) :-
    Below is Levels-1,
    (   literal_kind(Literal, atom)
    ->  refutation(Literal, Below, Because)
    ;   literal_kind(Literal, not(Atom))
    ->  proof(Atom, Because)
    ;   Because = none
    ).
