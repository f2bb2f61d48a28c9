#!/usr/bin/env python3
"""Do the commands of ./dev do what its help says? With stand-ins for the programs it calls, so that nothing is built,
installed or served: what is looked at is the script.

dev_test.py SOURCE_FOLDER
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT = 30  # Of one command; a command that waits for a terminal is cut off.

# Every stand-in writes what it was called with into $CALLS.
RECORD = '#!/bin/bash\necho "$(basename "$0") $*" >>"$CALLS"\n'
# A service: migrates at once, otherwise says that it is ready and stays until it is told to end.
SERVICE = RECORD + r'''
ready=
for argument; do
  [ "$argument" != --migrate ] || exit 0
  case $argument in --ready_file=*) ready=${argument#*=} ;; esac
done
echo "$(basename "$0") serves" >&2
printf 'grpc_port=1\nadmin_port=2\nhttp_port=3\n' >"$ready"
exec sleep 300
'''
KAMCTL = RECORD + r'''
for argument; do
  case $argument in
    --directory=*) directory=${argument#*=} ;;
    --output=*) output=${argument#*=} ;;
  esac
done
for argument; do
  case $argument in
    keys)
      mkdir -p "$directory/issuer"
      for user in kam_account kam_contract kam_aftersales kam_migrator; do echo secret >"$directory/$user.password"; done ;;
    token) echo token-of-somebody ;;
    summary) echo '{"accounts": 1}' >"$output" ;;
    import) exit "${IMPORT_STATUS:-0}" ;;
  esac
done
'''
MARIADB_SERVER = RECORD + r'''
[ "$1" != start ] || { mkdir -p "$2"; echo "$2/s" >"$2/socket"; }
'''
TOOLS = {
    "dpkg-query": "#!/bin/bash\necho installed\n",
    "apt-get": "#!/bin/bash\necho 'nothing is installed by a test' >&2; exit 1\n",
    "cmake": RECORD,
    "ninja": RECORD,
    "mariadb": RECORD + "cat >/dev/null\n",
    "clang-format-14": RECORD,
    "git": "#!/bin/bash\necho some.cc\n",
    "npx": RECORD,
    "npm": RECORD + '[ "${NPM:-}" = reachable ]\n',
}


class DevTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kam-dev-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.build = self.folder / "build"
        self.calls_file = self.folder / "calls"
        self.calls_file.touch()
        programs = {name: SERVICE for name in ("account-svc", "contract-svc", "aftersales-svc", "gateway")}
        programs.update({"kamctl": KAMCTL, "test_mariadb": MARIADB_SERVER})
        self.programs = programs
        self.write(self.folder / "tools", TOOLS)
        self.environment = dict(os.environ, BUILD=str(self.build), CALLS=str(self.calls_file),
                                PATH=f"{self.folder / 'tools'}:{os.environ['PATH']}")

    @staticmethod
    def write(folder, scripts):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in scripts.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)

    def build_programs(self):
        self.write(self.build / "bin", self.programs)
        self.addCleanup(self.dev, "stop")

    def start(self, *arguments, **environment):
        # Standard input stays open: whatever reads it hangs.
        return subprocess.Popen([SOURCE / "dev", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=dict(self.environment, **environment),
                                start_new_session=True)

    def finish(self, process):
        """Its exit status, standard output and standard error."""
        held_open, process.stdin = process.stdin, None
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            self.fail(f"{process.args[1:]} hangs")
        finally:
            held_open.close()
        return process.returncode, out, err

    def dev(self, *arguments, **environment):
        return self.finish(self.start(*arguments, **environment))

    def calls(self, program):
        return [line for line in self.calls_file.read_text().splitlines() if line.split()[0] == program]

    def data(self, name, mapping):
        folder = self.folder / name
        folder.mkdir()
        (folder / "mapping.json").write_text(mapping)
        return str(folder)

    def refused(self, arguments, what):
        status, out, err = self.dev(*arguments)
        self.assertEqual((status, out), (1, ""), arguments)
        self.assertRegex(err, rf"\Adev: {what}.*\n\Z", arguments)

    def test_before_the_first_run_a_command_says_what_is_missing(self):
        self.refused(["logs"], "logs: there is no .*; ./dev run starts")
        self.refused(["logs", "gateway"], "logs: there is no .*gateway.log; ./dev run starts")
        self.refused(["sql", "account-svc"], "sql: the database is not running; ./dev run starts it")
        self.refused(["audit"], "audit: the database is not running; ./dev run starts it")
        self.refused(["token", "integrator"], "token: there is no issuer yet; ./dev run makes it")
        self.assertEqual(self.dev("stop")[0], 0)

    def test_wrong_arguments_are_named(self):
        self.refused(["token"], "token: whose?")
        self.refused(["sql"], "sql: which schema\\? one of account-svc contract-svc aftersales-svc")
        self.refused(["sql", "gateway"], "sql: which schema\\? one of account-svc contract-svc aftersales-svc")
        self.refused(["run", "--bogus"], "run: unknown argument --bogus")
        self.refused(["run", "--data", "/nowhere"], "there is no folder /nowhere")
        (self.folder / "bare").mkdir()
        self.refused(["run", "--data", str(self.folder / "bare")], "there is no mapping for ")
        self.assertEqual(self.calls("ninja"), [], "something was built before the arguments were looked at")
        status, _, err = self.dev("nonsense")
        self.assertEqual(status, 2)
        self.assertIn("usage: ./dev COMMAND", err)

    def test_the_year_is_played_where_the_data_has_its_people(self):
        self.build_programs()
        # Not by its path: a copy of the sample has them too.
        copy = self.folder / "copy"
        shutil.copytree(SOURCE / "samples" / "demo", copy)
        status, out, err = self.dev("run", "--data", str(copy), "--once")
        self.assertEqual(status, 0, err)
        self.assertIn('{"accounts": 1}', out)
        commands = [line.split()[-1] for line in self.calls("kamctl") if "--mapping" in line or "summary" in line
                    or "journey" in line]
        self.assertEqual(commands, [str(copy), "summary", "journey"])
        self.assertEqual(list((self.build / "run").glob("*.pid")), [], "something still runs")
        self.assertEqual((self.build / "run" / "summary.json").read_text(), '{"accounts": 1}\n')

    def test_other_data_is_imported_and_its_figures_shown(self):
        self.build_programs()
        data = self.data("erp", '{"system": "erp", "steps": []}')
        status, _, err = self.dev("run", "--data", data, "--currency", "USD", "--once")
        self.assertEqual(status, 0, err)
        self.assertIn("no year is played", err)
        self.assertEqual([line for line in self.calls("kamctl") if line.endswith("journey")], [])
        summary, = [line for line in self.calls("kamctl") if line.endswith("summary")]
        self.assertIn(" --currency=USD ", summary)

    def test_refused_rows_do_not_stop_it_and_a_failed_import_does(self):
        self.build_programs()
        data = self.data("erp", '{"system": "erp", "steps": []}')
        self.assertEqual(self.dev("run", "--data", data, "--once", IMPORT_STATUS="3")[0], 0)
        status, _, err = self.dev("run", "--data", data, "--once", IMPORT_STATUS="1")
        self.assertEqual(status, 1)
        self.assertIn("dev: the import failed", err)
        self.assertEqual(list((self.build / "run").glob("*.pid")), [], "something still runs")

    def serve(self):
        """A run that serves, and the processes it started."""
        run = self.start("run", "--data", self.data("erp", '{"system": "erp", "steps": []}'))
        lines = []
        while not lines or "stop " not in lines[-1]:
            lines.append(run.stdout.readline())
            self.assertNotEqual(lines[-1], "", "it ended: " + "".join(lines))
        pids = [int(file.read_text()) for file in (self.build / "run").glob("*.pid")]
        self.assertEqual(len(pids), 4)
        self.assertIn("http://127.0.0.1:3", "".join(lines))
        self.assertEqual((self.build / "run" / "integrator.token").read_text(), "token-of-somebody\n")
        return run, pids

    def gone(self, pids):
        deadline = time.monotonic() + TIMEOUT
        for pid in pids:
            while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
                stat = pathlib.Path(f"/proc/{pid}/stat")
                if stat.exists() and re.search(r"\) Z ", stat.read_text()):
                    break  # A zombie stays where nobody reaps orphans.
                time.sleep(0.01)
            else:
                self.assertFalse(os.path.exists(f"/proc/{pid}"), f"{pid} still runs")

    def test_stop_ends_what_serves_and_the_logs_stay(self):
        self.build_programs()
        run, pids = self.serve()
        self.assertEqual(self.dev("stop")[0], 0)
        self.assertEqual(self.finish(run)[0], 0)
        self.gone(pids)
        status, out, _ = self.dev("logs", "gateway", "1")
        self.assertEqual((status, out), (0, "gateway serves\n"))
        status, out, _ = self.dev("logs")
        self.assertEqual(status, 0)
        for program in ("account-svc", "contract-svc", "aftersales-svc", "gateway"):
            self.assertIn(f"{program} serves", out)
        self.assertEqual(self.dev("token", "anna")[:2], (0, "token-of-somebody\n"))

    def test_an_interrupt_ends_what_serves(self):
        self.build_programs()
        run, pids = self.serve()
        os.killpg(run.pid, signal.SIGINT)  # As a terminal does.
        self.assertEqual(self.finish(run)[0], 130)
        self.gone(pids)

    def test_lint_says_at_its_end_that_a_judge_was_away(self):
        status, _, err = self.dev("lint", NPM="away")
        self.assertEqual(status, 1)
        self.assertRegex(err.splitlines()[-1], "^dev: lint: buf lint was NOT run")
        self.assertEqual(self.calls("npx"), [])
        status, _, err = self.dev("lint", NPM="reachable")
        self.assertEqual(status, 0, err)
        self.assertEqual(self.calls("npx"), ["npx --yes @bufbuild/buf lint"])
        self.assertEqual(self.calls("clang-format-14"), ["clang-format-14 --dry-run -Werror some.cc"] * 2)

    def test_clean_leaves_nothing(self):
        self.build_programs()
        (self.build / "run").mkdir()
        self.assertEqual(self.dev("clean")[0], 0)
        self.assertFalse(self.build.exists())


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
