%: title: {zh: 各项外部依据被多少条规范引用, en: How many norms point to each outside rule}
%: articles: [1]
%: parameters:
%:   outside: {type: text, zh: 规则之外的依据, en: outside rule}
%: columns:
%:   outside: {type: text, zh: 规则之外的依据, en: outside rule}
%:   count: {type: integer, zh: 数量, en: number}
%: example:
%:   arguments: {outside: 分工}
%:   answers:
%:   - [分工, 2]

answer(X, Count) :-
    setof(N, points_to(N, X), Norms),
    length(Norms, Count).
