"""The manual page and the completions of shells, which are made from the definition of the command line."""
import re
import shutil
import subprocess
import tempfile
import unittest

from quern_run import quern


def commands():
    """From the help text: what a user is told that there is."""
    text = quern("--help").stdout
    return re.findall(r"^  ([a-z]+) ", text[text.index("Subcommands:"):text.index("Examples:")], re.MULTILINE)


def options(command):
    return re.findall(r"^  (?:-h,)?(--[a-z-]+)", quern(command, "--help").stdout, re.MULTILINE)


def run(arguments, text=None):
    done = subprocess.run(arguments, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    return done.returncode, done.stdout


class Pages(unittest.TestCase):
    def test_there_are_commands(self):
        self.assertGreater(len(commands()), 14)
        self.assertIn("reproduce", commands())
        self.assertIn("--overwrite", options("run"))

    def test_the_manual_page_has_every_command_and_option_and_is_clean(self):
        page = quern("manual").stdout
        for command in commands():
            self.assertIn(f".SS quern {command}\n", page)
            part = page.split(f".SS quern {command}\n")[1].split("\n.S")[0]
            for option in options(command):
                if option != "--help":
                    self.assertIn("\\fB" + option.replace("-", "\\-") + "\\fR", part, command)
        checks = [["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-man", "-ww", "-z", "-Tutf8"]]
        done = 0
        for check in checks:
            if shutil.which(check[0]):
                self.assertEqual(run(check, page), (0, ""), check)
                done += 1
        self.assertGreater(done, 0, "neither mandoc nor groff is there: scripts/install_deps.sh --tests")
        broken = page.replace(".SH NAME", ".XX NAME\n.SH NAME")
        self.assertNotEqual(run(next(check for check in checks if shutil.which(check[0])), broken)[1], "", "the check sees nothing")

    def bash(self, *words, folder):
        script = quern("completion", "bash").stdout + 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quern; printf "%s\\n" "${COMPREPLY[@]}"\n'
        done = subprocess.run(["bash", "-c", script, "bash", *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return sorted(done.stdout.split("\n")[:-1]) if done.stdout.strip() else []

    def test_bash_completes(self):
        with tempfile.TemporaryDirectory() as folder:
            open(f"{folder}/my job.yaml", "w").close()
            of = lambda *words: self.bash("quern", *words, folder=folder)
            self.assertEqual([word for word in of("") if not word.startswith("-")], sorted(commands()))
            self.assertEqual(of("repr"), ["reproduce"])
            for command in commands():
                self.assertEqual(of(command, "--"), sorted(options(command)), command)
            self.assertEqual(of("run", "my"), ["my job.yaml"])
            self.assertEqual(of("run", "my job.yaml", "--ov"), ["--overwrite"])
            self.assertEqual(of("completion", ""), ["bash", "fish", "zsh"])
            self.assertEqual(of("plan", "x", "--nodes", ""), [], "a number")
            self.assertEqual(of("plan", "x", "--report", ""), ["my job.yaml"])

    @unittest.skipUnless(shutil.which("fish"), "fish is not there")
    def test_fish_completes(self):
        script = quern("completion", "fish").stdout
        def of(line):
            code, text = run(["fish", "--no-config", "-c", script + f"complete -C '{line}'"])
            self.assertEqual(code, 0, text)
            return [candidate.split("\t")[0] for candidate in text.splitlines()]
        self.assertEqual(of("quern repr"), ["reproduce"])
        self.assertEqual(of("quern run x --ov"), ["--overwrite"])
        self.assertEqual(sorted(of("quern completion ")), ["bash", "fish", "zsh"])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not there")
    def test_zsh_reads_its_script(self):
        script = quern("completion", "zsh").stdout
        self.assertEqual(run(["zsh", "-fn"], script), (0, ""))
        loaded = "autoload -U compinit; compinit -uD; " + script + "\nprint -r -- $_comps[quern]; functions _quern"
        code, text = run(["zsh", "-fc", loaded])
        self.assertEqual(code, 0, text)
        self.assertTrue(text.startswith("_quern\n"), text[:200])
        for command in commands():
            self.assertIn(f"'{command}:", script)


if __name__ == "__main__":
    unittest.main()
