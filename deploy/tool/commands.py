"""The command line: which commands there are, and what each needs before it can run."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from tool import environment, operate, quality
from tool.places import PROGRAMS, ROOT, SERVICES

API_KEY = "WORKESTRA_API_KEY"
"""The variable that holds it: an argument would stand in the list of processes."""
LOCAL = "http://127.0.0.1:8800"


def main(arguments: list[str]) -> int:
    """Runs one command in the environment that it needs; its exit code."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    if rest and options.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    if not environment.inside():
        tests = options.command in {"test", "check", "client", "bench"}
        pages = options.command in {"up", "test", "bench"}
        environment.prepare("test" if tests else "local", frontend=pages)
        environment.enter(arguments)
    options.rest = rest
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("workestra", description=__doc__, allow_abbrev=False)
    parser.description = "Workestra Scheduling: the one command."
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str, run: Callable[..., int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        made.set_defaults(run=run)
        return made

    _for_trying(command)
    _for_hosts(command)
    _for_developers(command)
    _for_operators(command)
    return parser


Command = Callable[[str, str, Callable[..., int]], argparse.ArgumentParser]


def _for_trying(command: Command) -> None:
    up = command("up", "everything in one process on this machine, nothing else needed", _up)
    up.add_argument("--demo", action="store_true", help="with a workspace, links and bookings")
    up.add_argument("--port", type=int, default=8800)
    up.add_argument("--host", default="127.0.0.1")
    up.add_argument("--data", type=Path, default=ROOT / ".workestra", help="all state is here")


def _for_hosts(command: Command) -> None:
    text = "lets an assistant on this machine act for a host: MCP over stdin and stdout"
    mcp = command("mcp", f"{text}, with the key in {API_KEY}", _mcp)
    mcp.add_argument("--url", default=LOCAL, help="where the suite is")
    _for_files(command)


def _for_files(command: Command) -> None:
    text = "links, schedules, teams and forms as YAML: export, plan a change, apply it"
    config = command("config", f"{text}; with an admin's key in {API_KEY}", _config)
    actions = config.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = actions.add_parser("export", help="writes what stands")
    export.add_argument("--output", type=Path, dest="file", help="else the standard output")
    plan = actions.add_parser("plan", help="shows what a file would change; changes nothing")
    plan.add_argument("--exit-code", action="store_true", help="status 2 where it differs")
    apply = actions.add_parser("apply", help="shows it and changes it")
    apply.add_argument("--expect", default="", metavar="PLAN", help="only if it is this plan")
    for action in (plan, apply):
        action.add_argument("file", type=Path)
        action.add_argument("--remove", action="store_true", help="also what the file leaves out")
    for action in (export, plan, apply):
        action.add_argument("--url", default=LOCAL, help="where the suite is")


def _for_developers(command: Command) -> None:
    command("test", "every check and test; arguments go to pytest alone", _test)
    command("check", "lint, types and import rules only", _check)
    command("client", "writes the Python client anew, out of the API's document", _client)
    bench = command("bench", "the benchmarks, each beside its peer or its floor", _bench)
    bench.add_argument("name", nargs="?")
    bench.add_argument("--json", type=Path, metavar="FILE")


def _for_operators(command: Command) -> None:
    run = command("run", "one service against AMQP_URI and its database", _run)
    run.add_argument("service", choices=PROGRAMS)
    migrate = command("migrate", "a service's migrations", _migrate)
    migrate.add_argument("service", choices=PROGRAMS)
    workspace = command("workspace", "another workspace", _workspace)
    workspace.add_argument("action", choices=["add"])
    workspace.add_argument("name")
    workspace.add_argument("--owner", required=True, metavar="E-MAIL")
    resync = command("resync", "rebuilds a service's copies from their owners", _resync)
    resync.add_argument("service", choices=SERVICES)
    resync.add_argument("--check", action="store_true", help="only compares")
    command("rotate-keys", "seals every kept secret with the first of SECRET_KEYS", _rotate_keys)
    dead = command("dead", "events that a service could not handle", _dead)
    dead.add_argument("service", choices=SERVICES)
    dead.add_argument("action", choices=["list", "replay"])
    dead.add_argument("ids", nargs="*", help="the events to replay; none: all of them")


def _up(options: argparse.Namespace) -> int:
    from embedded.runner import main as up  # noqa: PLC0415 - patches the process it is imported in

    up(options.demo, options.port, options.host, options.data.resolve())
    return 0


def _key() -> str:
    key = os.environ.get(API_KEY)
    if not key:
        raise SystemExit(f"{API_KEY} is not set; a host makes a key at /settings/api-keys")
    return key


def _config(options: argparse.Namespace) -> int:
    from configuring.program import main as configure  # noqa: PLC0415 - few commands need HTTP

    return configure(options, _key())


def _mcp(options: argparse.Namespace) -> int:
    key = _key()
    from gateway.assistant.stdio import main as serve  # noqa: PLC0415 - imports a second's worth

    return serve(options.url, key)


def _test(options: argparse.Namespace) -> int:
    return quality.test(options.rest)


def _check(_options: argparse.Namespace) -> int:
    return quality.check()


def _client(_options: argparse.Namespace) -> int:
    from tool.client import write  # noqa: PLC0415 - the whole gateway is imported

    return write()


def _bench(options: argparse.Namespace) -> int:
    command = [str(environment.PYTHON), "-m", "bench", *([options.name] if options.name else [])]
    command += ["--json", str(options.json.resolve())] if options.json else []
    os.chdir(ROOT)
    os.execve(command[0], command, {**os.environ, "PYTHONPATH": str(ROOT / "tests")})


def _run(options: argparse.Namespace) -> int:
    return operate.run(options.service)


def _migrate(options: argparse.Namespace) -> int:
    return operate.migrate(options.service)


def _workspace(options: argparse.Namespace) -> int:
    return operate.add_workspace(options.name, options.owner)


def _resync(options: argparse.Namespace) -> int:
    return operate.resync(options.service, only_check=options.check)


def _rotate_keys(_options: argparse.Namespace) -> int:
    return operate.rotate_keys()


def _dead(options: argparse.Namespace) -> int:
    return operate.dead(options.service, options.action, options.ids)
