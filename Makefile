# Shortcuts for what is typed often. Everything works with plain `swift` commands, too.
.PHONY: check format bench docs fixtures

# Everything that continuous integration checks.
check:
	.ci/run

# All sources in the project's style.
format:
	swift format --in-place --recursive $(wildcard Sources Tests Snippets) Package.swift

# One recurrence of each kind: milliseconds, GFLOP/s and the fraction of the machine's peak.
bench:
	swift build -c release --product rondo
	for cell in elman gru lstm; do .build/release/rondo bench $$cell --batch 32 --length 35 --input 256 --hidden 256 || exit; done

# The documentation of all public declarations, as a web site in .build-docs/site.
docs:
	rm -rf .build-docs/graphs .build-docs/site && mkdir -p .build-docs/graphs
	swift build --scratch-path .build-docs --target Rondo \
	  -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc .build-docs/graphs
	docc convert --additional-symbol-graph-dir .build-docs/graphs --fallback-display-name Rondo \
	  --fallback-bundle-identifier rondo --output-path .build-docs/site

# The numbers that other programs computed for the tests; each script names what it needs.
fixtures:
	for script in Tests/Fixtures/*.py; do python3 "$$script" || exit; done
