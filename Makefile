# Everything a newcomer needs: `make demo` colours the example drawings, `make test` runs all checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLES := $(patsubst %.hints.json,%,$(wildcard examples/*.hints.json))

.PHONY: demo test check format clean

demo: $(VENV)/installed
	@mkdir -p demo
	@for drawing in $(EXAMPLES); do \
	  name=$$(basename $$drawing); \
	  $(BIN)/inkhue color $$drawing.png --hints $$drawing.hints.json \
	    --save-hints demo/$$name.hints.png -o demo/$$name.color.png --force || exit 1; \
	done
	@echo "Coloured drawings (and their hints) are in demo/:"; ls demo

test: check
	$(BIN)/pytest

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[train,evaluate,dev]"
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) demo dist
