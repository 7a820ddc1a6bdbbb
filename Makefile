# Everything a person runs. Each target does all of its own set-up.
PYTHON ?= python3
# Compiled modules are kept: every start of the program would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test mutants bench bench-segments bench-delivery docs lock

setup: ## make .venv from the lock file and build the dashboard, if anything changed
	@$(PYTHON) scripts/setup.py

demo: setup ## install and run the demo; the dashboard is on http://127.0.0.1:8400
	@.venv/bin/relance demo

test: ## every check: format, lint, types, imports, all tests
	@$(PYTHON) scripts/setup.py --tests
	@.venv/bin/python scripts/check.py

bench: ## the benchmarks, into bench/results/*.json
	@$(PYTHON) scripts/setup.py --tests
	@.venv/bin/python -m bench

bench-segments: ## the benchmarks of segments alone: live state and previews over 50 million events
	@$(PYTHON) scripts/setup.py --tests
	@.venv/bin/python -m bench.segments_fold --large
	@.venv/bin/python -m bench.segments_tick
	@.venv/bin/python -m bench.segments_preview
	@.venv/bin/python -m bench.segments_backfill
	@.venv/bin/python -m bench.segments_restart

bench-delivery: ## what sending costs: rows that wait, the decision about them, and who waits for whom
	@$(PYTHON) scripts/setup.py --tests
	@.venv/bin/python -m bench.delivery
	@.venv/bin/python -m bench.fairness
	@.venv/bin/python -m bench.dispatchers
	@.venv/bin/python -m bench.whole

mutants: ## put small faults into five modules that decide, and say which of them no test notices
	@$(PYTHON) scripts/setup.py --tests
	@.venv/bin/python scripts/mutants.py

lock: ## write the lock files anew from pyproject.toml
	@.venv/bin/python scripts/lock.py

docs: ## write docs/reference and the dashboard's English of errors from the code
	@.venv/bin/python scripts/reference.py
	@.venv/bin/python scripts/error_texts.py
