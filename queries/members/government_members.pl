% The same in Prolog; government_members.lp describes it.

answer(O, N) :- member_office(O, N), O \== executive_deputy.
