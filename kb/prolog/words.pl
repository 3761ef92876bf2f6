:- encoding(utf8).
:- module(words, [problem_words/3]).    % +Problem, -English, -Chinese
:- use_module(library(apply)).

/** <module> What can go wrong with a law or a request, in English and Chinese */

%!  problem_words(+Problem, -English:string, -Chinese:string) is det.

problem_words(Problem, English, Chinese) :-
    (   words(Problem, EnglishFormat, ChineseFormat, Arguments)
    ->  true
    ;   EnglishFormat = "internal error: ~p",
        ChineseFormat = "内部错误:~p",
        Arguments = [Problem]
    ),
    format(string(English), EnglishFormat, Arguments),
    format(string(Chinese), ChineseFormat, Arguments).

words(unreadable,
      "the file is missing or cannot be read",
      "文件不存在或无法读取", []).
words(syntax(Message),
      "syntax error: ~w; a rule is `head :- body.` with a full stop and white space at its end",
      "语法错误:~w;规则写作 `head :- body.`,以句点和空白结束", [Message]).
words(outside(Term),
      "`~s` is outside the dialect; write facts and rules of plain atoms (see docs/dialect.md)",
      "`~s` 不属于本方言;只写由普通原子构成的事实和规则(见 docs/dialect.md)",
      [Text]) :-
    as_written(Term, Text).
words(variable_name(Name),
      "the variable ~w is outside the dialect; start it with an ASCII capital letter",
      "变量 ~w 不属于本方言;请以 ASCII 大写字母开头", [Name]).
words(unsafe(Name),
      "the variable ~w has no value here; bind it in a positive literal further to the left",
      "变量 ~w 在此没有取值;请在其左侧的肯定文字中绑定它", [Name]).
words(not_a_number(Term),
      "~q is not a number; compare and add integers only",
      "~q 不是数;只能比较和加减整数", [Term]).
words(too_big(Integer),
      "the integer ~d does not fit into 32 bits; place it into a cell first",
      "整数 ~d 超出 32 位;请先归入区间", [Integer]).
words(system_predicate(Name, Arity),
      "~w/~d is a predicate of SWI-Prolog itself; choose another name",
      "~w/~d 是 SWI-Prolog 的系统谓词;请换一个名称", [Name, Arity]).
words(unknown_predicate(Name, Arity),
      "nothing defines ~w/~d; write a rule or fact for it, or declare it: input(~w, ~d).",
      "~w/~d 没有定义;请为它写规则或事实,或者声明:input(~w, ~d).", [Name, Arity, Name, Arity]).
words(undefined(Literal),
      "`~s` is neither true nor false: it depends on its own negation",
      "`~s` 既不真也不假:它取决于对自身的否定",
      [Text]) :-
    as_written(Literal, Text).
words(request(Text),
      "the request is not understood: ~w",
      "无法理解该请求:~w", [Text]).
words(time_limit(Seconds),
      "no answer within ~w seconds",
      "~w 秒内没有得出答案", [Seconds]).
words(resource(What),
      "the goal needs more memory than is allowed: ~w",
      "该目标所需内存超出允许的范围:~w", [What]).

% Names of variables are lost by now.
as_written(Term, Text) :-
    copy_term(Term, Copy),
    term_variables(Copy, Variables),
    maplist(=('$VAR'('_')), Variables),
    with_output_to(string(Text),
                   write_term(Copy, [ quoted(true), numbervars(true), max_depth(8), module(law),
                                      spacing(next_argument)
                                    ])).
