// Hold workflows and actions against the validator of GitHub's own editor.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { validate } from "@actions/languageservice";
import { validateAction } from "@actions/languageservice/validate-action";
import { TextDocument } from "vscode-languageserver-textdocument";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("languageservice.mjs: no files");
  process.exit(2);
}
let found = 0;
for (const file of files) {
  const document = TextDocument.create(`file:///${file}`, "yaml", 1, readFileSync(file, "utf8"));
  const isAction = /^action\.ya?ml$/.test(basename(file));
  for (const fault of await (isAction ? validateAction : validate)(document, {})) {
    found += 1;
    const { line, character } = fault.range.start;
    console.log(`${file}:${line + 1}:${character + 1}: ${fault.message.split("\n")[0]}`);
  }
}
console.log(`languageservice: ${files.length} files, ${found} faults`);
process.exit(found === 0 ? 0 : 1);
