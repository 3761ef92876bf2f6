%: title: {zh: 人大议案、建议和政协提案由谁办理, en: "Who handles motions, suggestions and proposals"}
%: about: {zh: "县政府领导领衔督办重要议案、提案;批评、建议意见是否也以重要为限,见解释分歧 important_items", en: "county leaders head important motions and proposals; whether criticisms and suggestions must be important too is a reading, important_items"}
%: articles: [69, 75]
%: parameters:
%:   item: {type: term, zh: 事项, en: item}
%: columns:
%:   item: {type: term, zh: 事项, en: item}
%:   office: {type: actor, zh: 职务或机构, en: office or body}
%:   norm: {type: norm, zh: 规范, en: norm}
%: example:
%:   arguments: {item: motion}
%:   answers:
%:   - [motion, department, a69.p1.n2]
%:   - [motion, department, a75.p1.n6]
%:   - [motion, township, a69.p1.n2]
%:   - [motion, county_government, a75.p1.n6]
%:   - [motion, county_leaders, a75.p1.n8]

answer(I, O, N) :- source_of(I, S), handles(O, S, N).
answer(I, county_leaders, N) :- headed_by_leader(I, N).
