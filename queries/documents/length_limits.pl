% The same in Prolog; length_limits.lp describes it.

document(document, "县政府文件 / of the county government").
document(office_document, "县政府办公室文件 / of the county office").
document(department_report, "部门报告类文件 / department report").
document(department_request, "部门请示类文件 / department request").
document(bulletin, "简报 / bulletin").
document(reference_material, "参考资料 / reference material").
document(research_report, "研究报告 / research report").
answer(W, L, N) :- characters_allowed(F, L, N), document(F, W).
