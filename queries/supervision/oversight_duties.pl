%: title: {zh: 县政府、各部门、领导接受监督的义务, en: "Duties under oversight, by who owes them"}
%: articles: [75, 76, 77, 78, 79, 80]
%: parameters:
%:   office: {type: actor, zh: 职务或机构, en: office or body}
%:   duty: {type: term, zh: 义务, en: duty}
%: columns:
%:   office: {type: actor, zh: 职务或机构, en: office or body}
%:   duty: {type: term, zh: 义务, en: duty}
%:   norm: {type: norm, zh: 规范, en: norm}
%: example:
%:   arguments: {office: 县政府领导}
%:   answers:
%:   - [county_leaders, read_important_letter, a79.p1.n2]
%:   - [county_leaders, receive_visitors, a79.p1.n4]
%:   - [county_leaders, visit_petitioners, a79.p1.n6]
%:   - [county_leaders, press_petition_problem, a79.p1.n8]

answer(O, D, N) :- oversight_task(D, O, N).
