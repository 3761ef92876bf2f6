% The same in Prolog; meeting_tasks.lp describes it.

answer(plenary_meeting, T, N) :- plenary_task_of(T, N).
answer(executive_meeting, T, N) :- executive_task(T, N).
answer(head_meeting, T, N) :- briefing_task(T, N).
answer(special_meeting, T, N) :- special_task_of(T, N).
