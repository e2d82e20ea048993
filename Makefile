# The two commands of every day are `make journeys` and `make test`; both set up what is missing first.

.DEFAULT_GOAL := help
.PHONY: help setup journeys storm headed oscar test catalogue lint types bench lock clean python

HEADED ?=
ARGS ?=
NAME ?= overhead

VENV := .venv/bin
OSCAR := examples/oscar
SET_UP = $(PYTHON) -m tools.set_up
# The first Python that is new enough; the name of one may be given as PYTHON=...
PYTHON := $(shell for name in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
HEADED_OPTION = $(if $(filter-out 0 no false,$(HEADED)),--headed)
# A window needs a display; where there is none, a virtual one is put around the command.
DISPLAY_WRAPPER = $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname)),,xvfb-run -a)

help: ## Show these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found. Install it, or name it: make setup PYTHON=/path/to/python3" >&2; exit 2; }

setup: python ## Virtual environment, pinned packages and a browser (HEADED=1: one with a window)
	@$(SET_UP) $(HEADED_OPTION)

journeys: setup ## Walk the embedded shop in a real browser (HEADED=1: in a window; ARGS="-k shopper")
	@$(VENV)/python user_flow_runner.py $(HEADED_OPTION) $(ARGS)

storm: setup ## Walk the journeys under failing and slow networks (ARGS="-k shopper --chaos-plan lost-reply")
	@$(VENV)/python chaos_runner.py $(HEADED_OPTION) $(ARGS)

headed: python ## The same in a window, on a virtual display where there is no real one
	@$(SET_UP) --headed --virtual-display
	@$(DISPLAY_WRAPPER) $(VENV)/python user_flow_runner.py --headed $(ARGS)

oscar: setup $(OSCAR)/.venv/ready ## Walk django-oscar, a shop that is not ours: pages, API and roles (minutes)
	@$(VENV)/python -m pytest $(OSCAR)/tests -q
	@$(VENV)/python -m pytest $(OSCAR)/journeys --project $(OSCAR)/project.toml $(HEADED_OPTION) $(ARGS)

$(OSCAR)/.venv/ready: $(OSCAR)/requirements.txt
	@echo "django-oscar gets an environment and a database of its own, once (minutes) …"
	@rm -rf $(OSCAR)/.venv && $(PYTHON) -m venv $(OSCAR)/.venv
	@$(OSCAR)/.venv/bin/python -m pip install -q --disable-pip-version-check -r $(OSCAR)/requirements.txt
	@$(OSCAR)/.venv/bin/python $(OSCAR)/site/start.py --prepare
	@touch $@

test: setup lint types ## The project's own tests, after lint and types (ARGS="-k browser")
	@$(VENV)/python -m pytest tests -m "not catalogue" -n auto --maxprocesses 4 --timeout 900 $(ARGS)

catalogue: setup ## The tests that take minutes: each defect of the shop is found by its name, and no decoy takes anybody in
	@$(VENV)/python -m pytest tests -m catalogue -n auto --maxprocesses 4 --timeout 1200 $(ARGS)

lint: setup ## Style
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .

types: setup ## Types
	@$(VENV)/mypy

bench: setup ## Measure (NAME=overhead)
	@$(VENV)/python -m bench.$(NAME) $(ARGS)

lock: python ## Pin the newest packages that pyproject.toml allows
	@$(PYTHON) -m tools.lock

clean: ## Remove the virtual environment and everything that runs have left
	rm -rf .venv $(OSCAR)/.venv .mypy_cache .ruff_cache .pytest_cache
	find screenshots reports -mindepth 1 -maxdepth 1 ! -name '.*' -exec rm -rf {} +
