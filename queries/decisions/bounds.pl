%: title: {zh: 划分档次的全部金额界限, en: All bounds of amounts in the ladders}
%: articles: [29]
%: columns:
%:   ladder: {type: term, zh: 档次, en: ladder}
%:   bound: {type: money, zh: 界限, en: bound}
%:   upper_rung: {type: term, zh: 该金额属于较高档, en: belongs to the upper rung}
%: words:
%:   investment: {zh: 政府投资项目, en: government investment}
%:   county_funds: {zh: 县本级资金, en: county funds}
%:   superior_funds: {zh: 上级下达资金, en: funds handed down from above}
%: example:
%:   answers:
%:   - [county_funds, 1000000, yes]
%:   - [county_funds, 200000, yes]
%:   - [county_funds, 2000000, yes]
%:   - [investment, 1000000, yes]
%:   - [investment, 10000000, yes]
%:   - [investment, 5000000, yes]
%:   - [superior_funds, 10000000, yes]
%:   - [superior_funds, 2000000, yes]
%:   - [superior_funds, 500000, yes]

% A bound belongs to the rung that includes it as its lower end.
answer(L, B, Upper) :-
    setof(L1-B1, G^FI^T^TI^( rung(L1, G, B1, FI, T, TI), B1 \== unbounded ), Bounds),
    member(L-B, Bounds),
    (   rung(L, _, B, included, _, _)
    ->  Upper = yes
    ;   Upper = no
    ).
