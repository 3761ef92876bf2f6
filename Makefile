# The commands of daily work; `make help` lists them. Each does the set-up that it needs first (.ci/setup).
# Kept to what GNU make 3.81 and a plain /bin/sh know.

RUN = .venv/bin/python -m
NJ = .venv/bin/nj
REPORT = build/report.html

# A command of nj, shown and run. Exit status 1 is a finding, which is a result; 2 and 3 stop make.
define nj
@printf '\n$$ nj %s\n' '$(1)'
@$(NJ) $(1) || [ $$? -eq 1 ]
endef

.DEFAULT_GOAL := help
.PHONY: help demo test check style types dialect prolog format scenarios mutants bench docs samples clean setup

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r name does; do printf 'make %-10s %s\n' "$$name" "$$does"; done

demo: setup ## approval paths, conflicts and an HTML report, on the files in examples/
	$(call nj,paths examples/fund-1500000.yaml)
	$(call nj,paths examples/investment-6000000.yaml)
	$(call nj,conflicts examples/travel-register-2026-03.yaml)
	@mkdir -p build
	$(call nj,report examples/investment-6000000.yaml --format html -o $(REPORT))
	@printf '\nThe report is in %s/$(REPORT)\n' "$$(pwd)"

test: check ## everything CI checks: `make check`, then all tests
	@$(RUN) pytest -n auto --maxprocesses 4 --dist worksteal

check: style types dialect prolog ## style, types, the dialect of the law, and its loading in SWI-Prolog

style: setup
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

types: setup
	@$(RUN) mypy

dialect: setup
	@$(NJ) lint --lang en

prolog: setup
	@.ci/load-prolog

format: setup ## put the Python code into shape
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

scenarios: setup ## only the scenarios of the law (tests/scenarios)
	@$(RUN) pytest -n auto --maxprocesses 4 --dist worksteal tests/test_scenarios.py

mutants: setup ## damage the law in every place and see that a scenario notices
	@$(RUN) benchmarks.mutants

bench: setup ## how long answers take, against the limits we set ourselves
	@$(RUN) benchmarks.speed

docs: setup ## write the chapters' pages in docs/chapters anew
	@mkdir -p docs/chapters
	@$(RUN) nj_logic.pages docs/chapters

samples: setup ## write the sample reports in examples/reports anew
	@.venv/bin/python examples/reports/write.py

clean: ## remove all that these commands made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

setup:
	@.ci/setup
