"""The benchmarks: `./workestra bench [NAME] [--json FILE]`.

Each module here named `bench_NAME` has `run()`, which gives figures and, in the same run, those of
the peer or the floor that they are measured against: machines differ, a ratio travels.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path

NAMES = sorted(
    path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
)


def main() -> None:
    """Runs one benchmark or all, prints the figures and keeps them where asked."""
    parser = argparse.ArgumentParser("workestra bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = {}
    for name in [options.name] if options.name else NAMES:
        figures[name] = import_module(f"bench.bench_{name}").run()
        for what, value in figures[name].items():
            print(f"{name:12} {what:48} {value:12.4g}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


main()
