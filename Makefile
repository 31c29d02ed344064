# Every target brings what it needs into the checkout: uv into .tools/, Python packages into .venv/.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Without bytecode every start compiles the world again.
unexport PYTHONDONTWRITEBYTECODE

UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.tools/uv/bin/uv:
	python3 -m venv .tools/uv
	.tools/uv/bin/pip install --quiet 'uv>=0.9'

.venv/.synced: pyproject.toml uv.lock .python-version | $(filter .tools%,$(UV))
	$(UV) sync --frozen --compile-bytecode --quiet
	@touch $@

.PHONY: install
install: .venv/.synced ## Everything Python into .venv/

PYTEST := .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: test
test: install openapi ## Run the suite on the real parts, with coverage (some minutes)
	@$(PYTEST) --cov --cov-report=term:skip-covered --cov-fail-under=90 tests

.PHONY: test-all
test-all: install openapi ## Run all tests there are, in all their depth: deaths of whole systems, every function started by itself
	@$(PYTEST) --thorough tests

.PHONY: format
format: install ## Bring the code into its form
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix --quiet .

.PHONY: lint
lint: install ## Form, lint, types and import contracts
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/pyright
	PYTHONPATH=shared:. .venv/bin/lint-imports

.PHONY: templates
templates: install ## Write the templates of the stacks again from the code and the lists
	@PYTHONPATH=shared:. .venv/bin/python -m local.writing

.PHONY: templates-check
templates-check: install
	@PYTHONPATH=shared:. .venv/bin/python -m local.writing --check

.PHONY: new-endpoint
new-endpoint: install ## Make an endpoint's file, sample event and template entry: make new-endpoint DOMAIN=sales NAME=admin/list_things
	@.venv/bin/python -m local.writing.new endpoint $(DOMAIN) $(NAME)
	@$(MAKE) --no-print-directory templates

.PHONY: new-job
new-job: install ## The same of a job: make new-job DOMAIN=sales NAME=count_things
	@.venv/bin/python -m local.writing.new job $(DOMAIN) $(NAME)
	@$(MAKE) --no-print-directory templates

.PHONY: openapi
openapi: install ## Build the API's description, if the code has changed
	@.venv/bin/python -m local.openapi_file

.PHONY: layers-check
layers-check: install
	@$(EXPORT_LAYERS) | diff - layers/dependencies/requirements.txt \
		|| { echo 'The layer is not what the lock says: run `make layers`.'; exit 1; }

.PHONY: check
check: lint templates-check validate layers-check security test ## All that must hold before a change goes in; CI adds test-all

SAM := .tools/sam/bin/sam
EXPORT_LAYERS = $(UV) export --frozen --quiet --no-default-groups --no-emit-project --no-hashes --no-annotate --no-header
export SAM_CLI_TELEMETRY := 0

# It pins what the project pins otherwise, so it lives apart.
$(SAM): | $(filter .tools%,$(UV))
	$(UV) venv --quiet --python 3.13 .tools/sam
	$(UV) pip install --quiet --python .tools/sam/bin/python 'aws-sam-cli==1.170.0'

.PHONY: validate
validate: $(SAM) ## Lint the templates
	@for template in template.yaml stacks/more.yaml stacks/web.yaml functions/*/template.yaml functions/*/*/template.yaml; do \
		AWS_DEFAULT_REGION=eu-central-1 $(SAM) validate --lint --template $$template || exit 1; done
	AWS_DEFAULT_REGION=us-east-1 $(SAM) validate --lint --template edge/template.yaml

SECURITY := .tools/security/bin

# They pin what the project pins otherwise, so they live apart. The rules come with the packages.
$(SECURITY)/.made: Makefile | $(filter .tools%,$(UV))
	$(UV) venv --quiet --clear --python $(firstword $(wildcard .venv/bin/python) 3.13) .tools/security
	$(UV) pip install --quiet --python $(SECURITY)/python 'bandit==1.9.4' 'checkov==3.3.30' 'pip-audit==2.10.1'
	@touch $@

.PHONY: security
security: install $(SECURITY)/.made ## Look for weaknesses in the code, the templates and the dependencies
	$(SECURITY)/bandit --quiet --configfile pyproject.toml --recursive shared functions local migrations
	$(SECURITY)/checkov --config-file .checkov.yaml
	$(UV) export --frozen --quiet --all-groups --no-emit-project --no-hashes --no-annotate --no-header > .tools/security/locked.txt
	$(SECURITY)/python .ci/audit.py .tools/security/locked.txt $(if $(filter required,$(AUDIT)),--required)

.PHONY: build
build: $(SAM) layers install openapi ## Build every function and layer for AWS, as `sam deploy` would upload them
	@for root in template.yaml:build stacks/more.yaml:build-more stacks/web.yaml:build-web; do \
		PATH="$(CURDIR)/.venv/bin:$$PATH" AWS_DEFAULT_REGION=eu-central-1 $(SAM) build \
			--template $${root%:*} --build-dir .aws-sam/$${root#*:} || exit 1; done
	@# A function can't write beside what it imports: what is uploaded without bytecode is compiled anew by each start.
	@for build in .aws-sam/build .aws-sam/build-more; do \
		.venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -s $$build $$build || exit 1; done

DATABASE_AUTHORITIES := shared/ravo/platform/database-authorities.pem
.PHONY: database-authorities
database-authorities: ## Fetch whom RDS has its certificates from into the layer, so that functions check the database's
	curl --silent --show-error --fail --max-time 30 --output $(DATABASE_AUTHORITIES) \
		https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
	@grep -q 'BEGIN CERTIFICATE' $(DATABASE_AUTHORITIES)

.PHONY: layers
layers: install ## Write the layers' requirements anew from the lock
	$(EXPORT_LAYERS) > layers/dependencies/requirements.txt

.PHONY: run
run: install openapi ## Start the whole system on this machine (RAVO_PORT, default 8000)
	@exec .venv/bin/python -m local run

.PHONY: invoke
invoke: install openapi ## Run one function once: make invoke FUNCTION=ListProducts EVENT=events/catalog/list_products.json
	@.venv/bin/python -m local invoke $(FUNCTION) --event $(EVENT)

.PHONY: doctor
doctor: install ## Recompute every counter of the running system from its ledger, and print what differs
	@.venv/bin/python -m local invoke Doctor --event events/operations/doctor.json

.PHONY: demo
demo: install openapi ## Tell a story on a system of its own: import, search, buy, ship, refund, with each event, job and mail
	@.venv/bin/python -m local.demo

.PHONY: bench
bench: install openapi ## Measure speed, as a table of figures beside their targets (some minutes)
	@.venv/bin/python -m bench

.PHONY: scorecard
scorecard: install ## Print the house in figures: sizes, names, circles, resources
	@PYTHONPATH=shared:. .venv/bin/python -m bench.scorecard 2>/dev/null

.PHONY: reset
reset: install ## Forget everything that the system on this machine has stored
	@.venv/bin/python -m local reset
