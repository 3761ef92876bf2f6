%: title: {zh: 解释分歧最多的条文, en: Articles by the number of readings that rest on them}
%: articles: [43, 58, 86]
%: parameters:
%:   article: {type: article, zh: 条, en: article}
%: columns:
%:   article: {type: article, zh: 条, en: article}
%:   count: {type: integer, zh: 数量, en: number}
%: example:
%:   arguments: {article: 58}
%:   answers:
%:   - [58, 7]

answer(A, Count) :-
    setof(A1, N^T^P^( topic_norm(T, N), topic(T, weighed), located(N, A1, P) ), Articles),
    member(A, Articles),
    setof(T, N^P^( located(N, A, P), topic_norm(T, N), topic(T, weighed) ), Topics),
    length(Topics, Count).
