%: title: {zh: 全部为倡导性文字的条文, en: Articles that hold nothing but exhortation}
%: articles: [2, 3, 13]
%: columns:
%:   article: {type: article, zh: 条, en: article}
%: example:
%:   answers:
%:   - [3]
%:   - [5]
%:   - [15]
%:   - [16]
%:   - [17]
%:   - [18]
%:   - [35]
%:   - [36]
%:   - [70]

answer(A) :-
    in_chapter(A, _),
    once(located(_, A, _)),
    forall(located(N, A, _), norm(N, _, exhortative, _)).
