// Cut files into tokens as VS Code does, by the grammar of this extension: node tokens.js FILE… prints JSON.
// For each file: a list of lines, each a list of [start, end, innermost scope] in UTF-16 columns.
"use strict";

const fs = require("fs");
const path = require("path");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const here = path.join(__dirname, "..");

async function grammar() {
  await oniguruma.loadWASM(fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => JSON.parse(fs.readFileSync(path.join(here, "syntaxes", "zj.tmLanguage.json"), "utf8")),
  });
  return registry.loadGrammar("source.zj");
}

function lines(text, rules) {
  let state = textmate.INITIAL;
  return text.split("\n").map((line) => {
    const found = rules.tokenizeLine(line, state);
    state = found.ruleStack;
    return found.tokens.map((t) => [t.startIndex, t.endIndex, t.scopes[t.scopes.length - 1]]);
  });
}

grammar().then((rules) => {
  const files = process.argv.slice(2).map((name) => lines(fs.readFileSync(name, "utf8"), rules));
  process.stdout.write(JSON.stringify(files));
});
