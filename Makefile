# Everything a developer or CI runs. It needs Python 3.11 to 3.13 and make; the rest comes from requirements*.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

export HOST ?= 127.0.0.1
export PORT ?= 8000

# Two workers, each with a database of its own; WORKERS=0 runs the tests in one process, for a debugger. The tests of a
# file stay together, because they share live servers and browsers, and in order: those with a browser come last.
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Installs $(1) unless the copy kept from the last time is the same, byte for byte.
# The development requirements hold the others, so where they are installed nothing else needs to be.
define install
@cmp -s $(1) $(VENV)/installed-$(1) || { \
	echo "Installing $(1) (once, a minute or two)"; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(1) && \
	cp $(1) $(VENV)/installed-$(1); }
endef

.PHONY: run dev demo runtime tools test test-postgres test-sqlite coverage conformance bench lint format docs screenshots messages lock clean

run: demo
	@exec $(BIN)/python -m roboflow_auth.serve all

dev: demo
	@exec $(BIN)/python -m roboflow_auth.serve dev

run dev demo: export DEBUG ?= 1
run dev demo: export PUBLIC_URL ?= http://$(HOST):$(PORT)

# The database, brought up to date and filled with the demo's people; where DATABASE_URL says, else db.sqlite3.
demo: runtime
	@$(BIN)/python manage.py migrate --no-input --verbosity 0
	@$(BIN)/python manage.py sync_known_clients
	@$(BIN)/python manage.py seed_demo
	@echo; printf '  %-13s%s\n' Open "$$PUBLIC_URL" \
		"Sign in as" "alice@demo.local or staff@demo.local, password demo-password" "MCP address" "$$PUBLIC_URL/mcp"; echo

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
		"Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian, venv is a package of its own: python3-venv" >&2; exit 1; }

runtime: $(BIN)/python
	@cmp -s requirements-dev.txt $(VENV)/installed-requirements-dev.txt || $(MAKE) --no-print-directory install-runtime

.PHONY: install-runtime
install-runtime:
	$(call install,requirements.txt)

tools: $(BIN)/python
	$(call install,requirements-dev.txt)

# The whole suite on PostgreSQL, then what asks the database once more on SQLite, where each test runs with one of its
# cases; `make test-sqlite CASES=` runs all of them.
CASES := --statements-only
test: tools
	@$(MAKE) --no-print-directory test-postgres
	@$(MAKE) --no-print-directory test-sqlite

test-postgres: tools
	$(PYTEST)

test-sqlite: tools
	TEST_DATABASE=sqlite $(PYTEST) $(CASES) -m "not browser and not conformance and not flows and not postgres"

# Which lines and branches the tests of the first half run; fails below what pyproject.toml asks for.
coverage: tools
	$(PYTEST) --cov --cov-report=term -m "not browser and not conformance and not flows"

# The official conformance suite of the protocol, with its own results on the screen; `make test` runs it too.
conformance: tools
	$(BIN)/python -m pytest -n 0 -m conformance --capture=no tests/conformance

# Beside other servers, some ten minutes; BENCH="--rounds 1 --only refresh" measures less. It needs wrk and Node.
bench: tools
	$(BIN)/python -m tests.bench $(BENCH)

lint: tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	DEBUG=1 $(BIN)/mypy
	$(BIN)/lint-imports

format: tools
	$(BIN)/ruff check --fix --exit-zero --quiet
	$(BIN)/ruff format

# Writes docs/protocol.md from the promises of tests/clauses and the tests that prove them.
docs: tools
	$(BIN)/python -m tests.clauses

# Pins what pyproject.toml asks for, with the hashes of published files only, wherever else this machine installs from.
COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Puts the purposes of the dependencies, which stand in the list $(2) of pyproject.toml, on top of $(1).
define explain
@{ echo '# What each direct dependency is for:'; \
	sed -n '/^$(2) = \[/,/^\]/ s/^    "\([^"]*\)", *# \(.*\)$$/#   \1: \2/p' pyproject.toml; \
	cat $(1); } > $(1).new && mv $(1).new $(1)
endef

# Brings the catalogues of translations up to date with the code, compiles them, and says what is left to translate.
messages: tools
	DEBUG=1 $(BIN)/python -m tests.translations

lock: tools
	$(COMPILE) -o requirements.txt pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.txt -o requirements-dev.txt pyproject.toml
	$(call explain,requirements.txt,dependencies)
	$(call explain,requirements-dev.txt,dev)

# Writes docs/images and docs/pages.md from the states of tests/browser/gallery; NAMES="consent keys" takes those only.
screenshots: tools
	$(BIN)/python -m tests.browser.screenshots $(NAMES)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .bench .coverage htmlcov staticfiles
