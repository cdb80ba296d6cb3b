# Needs Go and make; what else the tests need (PostgreSQL, pgbouncer, poppler, Chromium) they install or ask for.
STATICCHECK   = honnef.co/go/tools/cmd/staticcheck@v0.8.2
WORKFLOWCHECK = go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0
PLAN          = seeds/jincheng-2021-water/plan.yaml
# The plan with its water parts switched on, and the script of its year, as seeds/jincheng-2021-water/made/switch.sh makes them.
DEMO          = var/demo/jincheng-2021-water
# The folder under workflows/testdata/histories that `make histories` writes.
VERSION       = $(shell date +%Y-%m-%d)
export GOTOOLCHAIN = local

.DEFAULT_GOAL = help
.PHONY: help demo build quick release test race check bench histories fuzz needs

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: bin/starter ## rehearse the 2021 water plan, its water parts switched on, on a real engine, and leave its ledger under var/ to look at
	sh seeds/jincheng-2021-water/made/switch.sh var/demo
	bin/starter rehearse $(DEMO)/plan.yaml --script $(DEMO)/script-all.yaml --to 2021-12-31

build: bin/starter bin/worker ## build bin/starter and bin/worker

.PHONY: bin/starter bin/worker
bin/starter bin/worker:
	@sh internal/deploy/build.sh $(@F)

# Those that wait longest begin first, so that none is left for the end: the first three wait for clocks and for faults
# that last, and leave most of the processor to what runs beside them. Three packages at a time keep two cores busy; with
# four a dozen engines waited for each other.
LONG = ./internal/host ./internal/rehearse ./internal/deploy ./internal/portal/pagetest ./starter ./internal/ledger ./internal/intake ./internal/portal ./internal/bench ./activities ./internal/act

# Rarer collections: a tenth to a quarter less processor time in the tests that read and write much. The limit is a process's.
test: export GOGC = 400
test: export GOMEMLIMIT = 2GiB
test: needs ## run every test: embedded server, both databases, Temporal on PostgreSQL (full disks too, where a file system can be mounted)
	go test -vet=off -tags noembed ./internal/embedded # `make check` vets
	sh internal/deploy/mounts.sh go test -vet=off -p 3 -timeout 40m $(LONG) ./...

.PHONY: chaos
chaos: bin/starter needs ## a year through every fault, each held for a minute: in a folder, and on a cluster of three workers (about an hour)
	bin/starter rehearse $(PLAN) --faults all --to 2021-12-31 --dir var/chaos
	go test -count=1 -timeout 3h -run '^TestThreeWorkersSurvive$$' -v ./internal/deploy -chaos.long

# What starts no engine, no database and no other program.
QUICK = ./internal/act/... ./internal/plan ./internal/planfile ./internal/notice ./internal/calendar ./internal/people ./internal/words

quick: ## test what decides and words within ten seconds: samples where `make test` plays all, no engine, no database
	go test -vet=off -short $(QUICK)

.PHONY: laws
laws: ## random years of 200,000 acts, judged by the laws of who is chased, and five random scripts rehearsed on the engine (about ten minutes)
	DUBAN_LONG=1 go test -count=1 -timeout 1h -v -run 'Random|OneReading|OneCopy|Foretold' ./internal/act
	go test -count=1 -timeout 1h -v -run '^TestRandomScriptsHappenAsForetold$$' ./internal/rehearse -rehearse.random 5

RELEASES = linux/amd64 linux/arm64

release: ## build the archives of a release into dist/: programs, unit file, seeds, pages, checksums
	sh internal/deploy/release.sh $(RELEASES)

race: needs ## run the tests that do not link the Temporal server, with the race detector
	go test -race $$(go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... | awk '$$1 ~ /\.test$$/ && !/go\.temporal\.io\/server\// {sub(/\.test$$/, "", $$1); print $$1}')

check: ## gofmt, vet, staticcheck, workflowcheck
	@unformatted=$$(find . -name '*.go' -not -path './var/*' -not -path './.git/*' -exec gofmt -l {} +) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted"; exit 1; fi
	go vet ./...
	go vet -tags noembed ./...
	go vet -tags screenshots ./internal/portal/pagetest
	go run $(STATICCHECK) ./...
	go run $(WORKFLOWCHECK) ./workflows/...

bench: ## measure launch, a year, a peak morning, preview, memory, reading and every page in one run, with aims and ratios (about 30 minutes)
	go run ./internal/bench

.PHONY: benchmarks
benchmarks: needs ## run the benchmarks of the single packages
	go test -timeout 40m -run '^$$' -bench . -benchtime 1x -p 1 ./...

histories: ## record a history of every kind of workflow into workflows/testdata/histories/VERSION
	go test -count=1 ./internal/host -run '^TestEveryWorkflowOnARealServer$$' -record '$(CURDIR)/workflows/testdata/histories/$(VERSION)'
	go test -count=1 ./workflows -run '^TestRecordedHistoriesReplay$$|^TestWhatHistoriesHold$$' -update

.PHONY: store
store: ## make the ledger and the Temporal store of a release in the middle of a year: internal/rehearse/testdata/stores/VERSION.tar.gz
	go test -count=1 ./internal/rehearse -run '^TestAYearThatAnEarlierReleaseBegan$$' -v -store '$(CURDIR)/internal/rehearse/testdata/stores/$(VERSION).tar.gz'

.PHONY: mails
mails: ## write a week of mails of the scripted year anew, in both languages: activities/testdata/mails
	go test -count=1 -vet=off -tags noembed ./activities -run '^TestTheMailsOfAWeekAreThoseInTheRepository$$' -update

.PHONY: screenshots
screenshots: needs ## take the pictures of the pages that the READMEs show: docs/pictures
	go test -count=1 -tags screenshots ./internal/portal/pagetest -run '^TestScreenshots$$' -screenshots '$(CURDIR)/docs/pictures'

fuzz: ## fuzz every parser for ten seconds
	@for file in $$(grep -rl --include='*_test.go' '^func Fuzz' .); do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$file); do \
			echo "$$name"; go test -run '^$$' -fuzz "^$$name\$$" -fuzztime 10s ./$$(dirname $$file) || exit 1; \
		done; done

needs:
	@sh internal/deploy/needs.sh

.PHONY: import-score
import-score: ## print precision and recall of the document import
	go test -count=1 -run '^Test(Score|Unseen)$$' -v ./internal/intake
