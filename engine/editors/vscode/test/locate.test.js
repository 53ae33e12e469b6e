// Run by node --test: where the program is found.
"use strict";

const assert = require("assert");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { test } = require("node:test");
const { locate } = require("../src/locate");

function folder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "zj-"));
}

function program(...parts) {
  const file = path.join(...parts, "zjrules");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
  return file;
}

test("the setting comes first, and is not guessed at when it is wrong", () => {
  const root = folder();
  program(root, ".venv", "bin");
  const own = program(root, "own");
  assert.deepStrictEqual(locate("own/zjrules", [root], ""), { program: own });
  assert.match(locate("nowhere", [root], "").missing, /zjrules\.path.*nowhere/);
});

test("the environment of the workspace, or of a folder above it, comes before the PATH", () => {
  const root = folder();
  const inside = program(root, ".venv", "bin");
  const elsewhere = path.dirname(program(folder(), "bin"));
  fs.mkdirSync(path.join(root, "rules", "某市"), { recursive: true });
  assert.deepStrictEqual(locate("", [path.join(root, "rules", "某市")], elsewhere), { program: inside });
  assert.deepStrictEqual(locate("", [folder()], elsewhere), { program: path.join(elsewhere, "zjrules") });
});

test("what is no program is passed over, and the user is told how to install it", () => {
  const root = folder();
  fs.chmodSync(program(root, "bin"), 0o644);
  assert.match(locate("", [root], path.join(root, "bin")).missing, /pip install 'zjrules\[editor\]'/);
});
