% The same in Prolog; readings_of_article.lp describes it.

answer(T, O, N) :- given(article, A), located(N, A, _), topic_norm(T, N), topic(T, weighed), topic_option(T, O).
