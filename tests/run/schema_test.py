"""quern schema: what an editor is told of job files is what the program takes. Judged by Debian's python3-jsonschema."""
import json
import pathlib
import re
import tempfile
import unittest

import jsonschema
import yaml

from corpus import write_corpus
from quern_run import SCRIPTS, quern

# Parts of jobs, each put over a job that is right.
GOOD = [
    {}, {"filter": []}, {"filter": ["gopher_quality", {"length": {"min_chars": 5}}, {"fineweb": None}, {"fineweb": {"max_short_lines": "off"}}]},
    {"dedup": {"near": False}}, {"dedup": {"near": True, "exact": False}}, {"dedup": {"near": {"threshold": 0.75, "keep": "longest"}}}, {"clean": None},
    {"clean": {"steps": ["mojibake", {"c4_lines": {"min_words": 3}}, {"pii": {"email": "mask", "phone": {"action": "count"}}}]}}, {"language": True},
    {"language": {"keep": ["en"], "min_score": 0.5, "model": "cld2"}}, {"signals": "all"}, {"signals": ["gopher_quality"]}, {"memory_per_rank": "1.5GB"},
    {"memory_per_rank": 2 ** 31}, {"output": {"path": "o", "mode": "0640"}}, {"repeats": {"lines": {"max_documents": 2}}},
    {"sources": [{"name": "web", "sample": 0.5, "weight": 2}]}, {"about": {"title": "A title"}}, {"spool": {"encrypt": False}}, {"on_error": "stop"},
]
BAD = [
    {"frobnicate": 1}, {"dedup": {"neer": False}}, {"dedup": {"near": {"threshold": 2}}}, {"dedup": {"near": {"keep": "shortest"}}}, {"input": "a.jsonl"},
    {"input": [{"path": "x", "frmat": "jsonl"}]}, {"filter": [{"length": {"min_chars": -1}}]}, {"filter": [{"length": {}, "fineweb": {}}]}, {"filter": ["lenght"]},
    {"clean": {"steps": ["mojibak"]}}, {"memory_per_rank": "2G"}, {"tokenizer": {"train": {"vocab_size": 3}}}, {"output": {"layout": "single"}},
    {"language": "en"}, {"on_error": "ignore"}, {"checkpoint_seconds": 1.5}, {"about": {"titel": "x"}}, {"signals": "none"}, {"tokenizer_cache": "yes"},
]


class Yaml(yaml.SafeLoader):
    """YAML 1.2, as editors and quern read it: `off` is a text, and so is 0640."""


Yaml.yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in all if not tag.endswith((":bool", ":int", ":timestamp"))]
                                for first, all in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), "tf")
Yaml.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^(0|[1-9][0-9]*)$"), "0123456789")


def properties_of(schema, path=""):
    """(path, schema) of every key, at any depth."""
    for name, child in schema.get("properties", {}).items():
        yield f"{path}.{name}", child
        yield from properties_of(child, f"{path}.{name}")
    for child in schema.get("anyOf", []):
        yield from properties_of(child, path)
    if "items" in schema:
        yield from properties_of(schema["items"], path)


def keys_of(job, path=""):
    if isinstance(job, dict):
        for key, value in job.items():
            yield f"{path}.{key}"
            yield from keys_of(value, f"{path}.{key}")
    if isinstance(job, list):
        for value in job:
            yield from keys_of(value, path)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        write_corpus(cls.at / "data", 10)
        cls.schema = json.loads(quern("schema").stdout)
        cls.judge = jsonschema.Draft202012Validator(cls.schema)

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def job(self, part):
        job = {"input": [{"path": f"{self.at}/data/*.jsonl", "source": "web"}], "tokenizer": {"train": {"vocab_size": 300}}, "output": {"path": "o"}} | part
        path = self.at / "job.yaml"
        path.write_text(json.dumps(job))
        return path, job

    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.assertEqual(self.schema["$schema"], "https://json-schema.org/draft/2020-12/schema")

    def test_it_takes_the_recipes(self):
        recipes = sorted((SCRIPTS.parent / "jobs").glob("*.yaml"))
        self.assertGreaterEqual(len(recipes), 5)
        for recipe in recipes:
            errors = [f"{error.json_path}: {error.message[:200]}" for error in self.judge.iter_errors(yaml.load(recipe.read_text(), Yaml))]
            self.assertEqual(errors, [], recipe.name)

    def test_it_takes_what_the_program_takes(self):
        for part in GOOD:
            path, job = self.job(part)
            self.assertEqual(quern("plan", path, check=False).returncode, 0, part)
            self.assertEqual([error.message[:200] for error in self.judge.iter_errors(job)], [], part)

    def test_it_refuses_what_the_program_refuses(self):
        for part in BAD:
            path, job = self.job(part)
            self.assertEqual(quern("plan", path, check=False).returncode, 3, part)
            self.assertFalse(self.judge.is_valid(job), part)
        for name in ("input", "tokenizer", "output"):
            _, job = self.job({})
            del job[name]
            self.assertFalse(self.judge.is_valid(job), name)

    def test_every_key_that_is_read_says_what_it_takes_and_means(self):
        all_keys = dict(properties_of(self.schema))
        self.assertGreater(len(all_keys), 200)
        for path, schema in all_keys.items():
            self.assertTrue({"type", "enum", "anyOf"} & set(schema), f"{path}: anything would do")
        is_section = lambda schema: '"properties": {' in json.dumps(schema)  # of a step without keys: an empty one
        undescribed = [path for path, schema in all_keys.items() if "description" not in schema and not is_section(schema)]
        self.assertEqual(undescribed, [], "a table of docs/job.md, or of a page that cmake/job_pages.cpp.in holds, must have these keys")

    def test_every_key_of_the_jobs_that_ran_is_there(self):
        path, _ = self.job({"language": True, "filter": GOOD[2]["filter"]} | {key: part[key] for part in GOOD for key in part if key in ("clean", "repeats", "sources")})
        printed = quern("plan", path).stdout
        canonical = json.loads(printed[printed.index("job as run") + 10:])
        known = set(dict(properties_of(self.schema)))
        self.assertEqual([key for key in keys_of(canonical) if key not in known], [])
        self.assertGreater(len(list(keys_of(canonical))), 60)


if __name__ == "__main__":
    unittest.main()
