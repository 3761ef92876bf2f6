%: title: {zh: 各章规范数、可检验数、有规则数, en: "Norms by chapter: all, testable, stated by rules"}
%: articles: [1]
%: parameters:
%:   chapter: {type: integer, zh: 章, en: chapter}
%: columns:
%:   chapter: {type: integer, zh: 章, en: chapter}
%:   count: {type: integer, zh: 数量, en: number}
%:   testable: {type: integer, zh: 可检验, en: testable}
%:   executable: {type: integer, zh: 有规则, en: with rules}
%: example:
%:   arguments: {chapter: 3}
%:   answers:
%:   - [3, 19, 6, 6]

answer(Chapter, Count, Testable, Executable) :-
    setof(Ch, A^in_chapter(A, Ch), Chapters),
    member(Chapter, Chapters),
    aggregate_all(count, of_chapter(Chapter, _), Count),
    aggregate_all(count, ( of_chapter(Chapter, N), \+ not_testable(N, _) ), Testable),
    aggregate_all(count, ( of_chapter(Chapter, M), executable(M) ), Executable).

of_chapter(Chapter, N) :-
    in_chapter(A, Chapter),
    located(N, A, _).
