% The same in Prolog; norms_binding.lp describes it.

answer(N, K, S, O) :- given(office, O), norm(N, K, S, O).
answer(N, K, S, G) :- given(office, O), within(O, G), norm(N, K, S, G).
