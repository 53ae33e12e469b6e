// Run by node --test: what the user is told when the server does not start. The editor and its client are stood in for.
"use strict";

const assert = require("assert");
const fs = require("fs");
const Module = require("module");
const os = require("os");
const path = require("path");
const { test } = require("node:test");

const shown = [];
let program = "";
const vscode = {
  window: {
    showErrorMessage: async (message) => void shown.push(message),
    showWarningMessage: async (message) => void shown.push(message),
  },
  workspace: {
    workspaceFolders: [],
    getConfiguration: () => ({ get: (name) => (name === "path" ? program : "") }),
    createFileSystemWatcher: () => undefined,
  },
};

/** A client that starts the server and fails when it ends, as the real one does. */
class LanguageClient {
  constructor(id, name, server, options) {
    Object.assign(this, { server, options });
  }

  isRunning() {
    return false;
  }

  async start() {
    const child = await this.server();
    await new Promise((done) => child.once("close", done));
    this.closed = this.options.errorHandler.closed();
    throw new Error("connection closed");
  }

  async stop() {}
}

const load = Module._load;
Module._load = function (name, ...rest) {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") {
    return { LanguageClient, CloseAction: { DoNotRestart: 1, Restart: 2 }, ErrorAction: { Continue: 1 } };
  }
  return load.call(this, name, ...rest);
};
const { Service } = require("../src/service");

function script(text) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "zj-")), "zjrules");
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

async function told(text) {
  shown.length = 0;
  program = text.startsWith("/") ? text : script(text);
  const log = [];
  const service = new Service({ append: (t) => log.push(t), appendLine: (t) => log.push(t), show: () => undefined });
  await service.start();
  return { shown: [...shown], log: log.join("\n"), service };
}

test("what is not there is named", async () => {
  const found = await told("/nowhere/zjrules");
  assert.deepStrictEqual(found.shown.length, 1);
  assert.match(found.shown[0], /「zjrules\.path」.*\/nowhere\/zjrules/);
});

test("the missing extra is said once, with how to install it", async () => {
  const found = await told("echo \"语言服务要用 pygls，这台机器没有装：pip install 'zjrules[editor]'\" >&2; exit 2");
  assert.deepStrictEqual(found.shown, ["语言服务要装附加的部分：pip install 'zjrules[editor]'，装好后用命令「重启语言服务」。"]);
  assert.match(found.log, /这台机器没有装/);
});

test("an old version is told apart, and anything else is shown as it was said", async () => {
  const old = await told("echo \"Error: No such command 'lsp'.\" >&2; exit 3");
  assert.match(old.shown[0], /太旧/);
  const other = await told("echo 坏了 >&2; exit 1");
  assert.deepStrictEqual(other.shown, ["语言服务没有启动：坏了"]);
});

test("commands say that there is no server", async () => {
  const { service } = await told("exit 1");
  shown.length = 0;
  assert.strictEqual(await service.request("zjrules.prove"), undefined);
  assert.match(shown[0], /没有启动/);
});
