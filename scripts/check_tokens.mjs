#!/usr/bin/env node
// Holds the tokens of `quern encode` against those of OpenAI's tiktoken (npm package "tiktoken"), document by document.
//
//   npm install --prefix /tmp/tiktoken tiktoken
//   node scripts/check_tokens.mjs --modules /tmp/tiktoken --quern build/release/quern \
//        --tokenizer cl100k_base.tiktoken --pattern cl100k_base docs.jsonl.zst more.jsonl.gz
//
// --tokenizer FILE and --pattern NAME go to `quern encode` as they are. The other side is tiktoken's own encoding of the pattern's name
// (gpt2 without --pattern), or for llama3, qwen2 and with --regex R an encoding made of the ranks in FILE and that regex.
// Exit code: 0 all equal, 1 a difference (the first ones are printed), 2 the comparison could not be made.

import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { createReadStream, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const rest = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const regexes = {
  llama3: String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|${rest}`,
  qwen2: String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|${rest}`,
};
const shownDifferences = 5;

function stop(message) {
  console.error(`check_tokens: ${message}`);
  process.exit(2);
}

function readArguments(argv) {
  const options = { modules: ".", quern: "quern", pattern: "", regex: "", tokenizer: "" };
  const files = [];
  for (let i = 0; i < argv.length; ++i) {
    const name = argv[i].replace(/^--/, "");
    if (!argv[i].startsWith("--")) files.push(argv[i]);
    else if (name in options && i + 1 < argv.length) options[name] = argv[++i];
    else stop(`unknown option ${argv[i]}, or no value after it`);
  }
  if (!options.tokenizer || files.length === 0) stop("usage: --tokenizer FILE [--pattern NAME] IN.jsonl[.zst|.gz]...");
  return { ...options, files };
}

/** tiktoken's encoding of a vocabulary file with lines "base64 rank". */
function encodingOfRanks(Tiktoken, path, regex) {
  const tokens = [];
  for (const line of readFileSync(path, "latin1").split("\n")) {
    const [token, rank] = line.split(" ");
    if (rank !== undefined) tokens[Number(rank)] = token;
  }
  return new Tiktoken(`! 0 ${tokens.join(" ")}`, {}, regex);
}

function makeEncoding({ modules, pattern, regex, tokenizer }) {
  let tiktoken;
  try {
    tiktoken = createRequire(join(resolve(modules), "any.js"))("tiktoken");
  } catch (error) {
    stop(`no npm package tiktoken below ${modules}: npm install --prefix ${modules} tiktoken (${error.message})`);
  }
  const wanted = regex || regexes[pattern];
  return wanted ? encodingOfRanks(tiktoken.Tiktoken, tokenizer, wanted) : tiktoken.get_encoding(pattern || "gpt2");
}

/** Writes the file decompressed, if it is compressed, and returns the path of the plain one. */
function plainFile(path, folder) {
  const tool = path.endsWith(".zst") ? "zstd" : path.endsWith(".gz") ? "gzip" : "";
  if (!tool) return path;
  const plain = join(folder, "plain.jsonl");
  const out = openSync(plain, "w");
  const done = spawnSync(tool, ["-dc", path], { stdio: ["ignore", out, "inherit"] });
  closeSync(out);
  if (done.status !== 0) stop(`${tool} -dc ${path} failed`);
  return plain;
}

/** Lines ended by LF alone: readline also ends them at U+2028, which JSON allows inside a string. */
async function* lines(stream) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop();
    yield* parts;
  }
  if (rest !== "") yield rest;
}

async function checkFile(path, options, encoding, seen) {
  const args = ["encode", "--tokenizer", options.tokenizer, ...(options.pattern ? ["--pattern", options.pattern] : []), path];
  const quern = spawn(options.quern, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => quern.on("close", done).on("error", (error) => stop(`${options.quern}: ${error.message}`)));
  const ours = lines(quern.stdout);
  for await (const line of lines(createReadStream(path))) {
    if (line === "") continue;
    const document = JSON.parse(line);
    const { value, done } = await ours.next();
    if (done) stop(`quern encode stopped before document ${JSON.stringify(document.id)}`);
    const answer = JSON.parse(value);
    const expected = encoding.encode_ordinary(document.text);
    ++seen.documents;
    seen.tokens += expected.length;
    const same = answer.tokens.length === expected.length && expected.every((id, i) => id === answer.tokens[i]);
    if (answer.id === document.id && same) continue;
    if (++seen.different > shownDifferences) continue;
    let at = 0;
    while (at < expected.length && expected[at] === answer.tokens[at]) ++at;
    console.log(`${path}: ${JSON.stringify(document.id)}: first difference at token ${at}`);
    console.log(`  tiktoken ${expected.slice(at, at + 8).join(" ")}   quern ${answer.tokens.slice(at, at + 8).join(" ")}`);
  }
  if (!(await ours.next()).done) stop("quern encode printed more lines than there are documents");
  const code = await ended;
  if (code !== 0) stop(`quern encode ended with exit code ${code}`);
}

const options = readArguments(process.argv.slice(2));
const encoding = makeEncoding(options);
const folder = mkdtempSync(join(tmpdir(), "check_tokens-"));
const seen = { documents: 0, tokens: 0, different: 0 };
try {
  for (const file of options.files) await checkFile(plainFile(file, folder), options, encoding, seen);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${seen.documents} documents, ${seen.tokens} tokens, ${seen.different} documents differ`);
process.exit(seen.different === 0 && seen.documents > 0 ? 0 : 1);
