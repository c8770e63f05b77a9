#!/usr/bin/env node
// CPU seconds that the npm package "tiktoken" needs for the texts of a JSON lines file: the yardstick for encoding.
//   node bench/tiktoken.mjs MODULES ENCODING FILE.jsonl MAX_BYTES  ->  {"cpu_s": ..., "bytes": ..., "tokens": ...}
// MODULES: the folder given to `npm install --prefix`. Reading, JSON and making the encoding are not counted.

import { createRequire } from "node:module";
import { openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";

const [modules, name, path, most] = process.argv.slice(2);
const tiktoken = createRequire(join(resolve(modules), "any.js"))("tiktoken");
const encoding = tiktoken.get_encoding(name);
const head = Buffer.alloc(2 * Number(most));
const filled = readSync(openSync(path, "r"), head, 0, head.length, 0);
const texts = [];
let bytes = 0;
for (const line of head.toString("utf8", 0, head.lastIndexOf(10, filled - 1)).split("\n")) {
  if (bytes >= Number(most)) break;
  texts.push(JSON.parse(line).text);
  bytes += Buffer.byteLength(texts.at(-1));
}
encoding.encode_ordinary(texts[0]);  // the first call compiles
const before = process.cpuUsage();
let tokens = 0;
for (const text of texts) tokens += encoding.encode_ordinary(text).length;
const used = process.cpuUsage(before);
console.log(JSON.stringify({ cpu_s: (used.user + used.system) / 1e6, bytes, tokens }));
