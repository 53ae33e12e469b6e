// The language server as a child process, and what to say when it does not start.
"use strict";

const childProcess = require("child_process");
const vscode = require("vscode");
const { CloseAction, ErrorAction, LanguageClient } = require("vscode-languageclient/node");
const { locate } = require("./locate");

const SETTINGS = "打开设置";
const OUTPUT = "查看输出";
const MOST_RESTARTS = 3;

class Service {
  constructor(output) {
    this.output = output;
    this.client = undefined;
    this.said = "";
    this.code = undefined;
    this.restarts = 0;
  }

  get running() {
    return this.client !== undefined && this.client.isRunning();
  }

  async start() {
    this.told = undefined;
    const folders = (vscode.workspace.workspaceFolders || []).map((f) => f.uri.fsPath);
    const setting = vscode.workspace.getConfiguration("zjrules").get("path", "").trim();
    const { program, missing } = locate(setting, folders, process.env.PATH || "");
    if (missing) return this.complain(missing);
    this.output.appendLine(`语言服务：${program} lsp`);
    const client = new LanguageClient("zjrules", "绩效规则", () => this.spawn(program, folders[0]), this.options());
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      if (this.client === client) this.client = undefined;
      await this.complain(this.reason(error));
    }
  }

  async stop() {
    const client = this.client;
    this.client = undefined;
    this.restarts = 0;
    // A client that failed to start refuses to stop, and there is nothing left to end.
    if (client) await client.stop(2000).catch(() => undefined);
  }

  async request(command, ...args) {
    if (!this.running) {
      await vscode.window.showWarningMessage("语言服务没有启动，用命令「重启语言服务」再试。");
      return undefined;
    }
    return this.client.sendRequest("workspace/executeCommand", { command, arguments: args });
  }

  spawn(program, folder) {
    this.said = "";
    this.code = undefined;
    // Its messages are Chinese, on consoles of any code page.
    const child = childProcess.spawn(program, ["lsp"], { cwd: folder, env: { ...process.env, PYTHONUTF8: "1", NO_COLOR: "1" } });
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text) => {
      this.said = (this.said + text).slice(-4000);
      this.output.append(text);
    });
    child.on("exit", (code) => (this.code = code));
    return new Promise((done, failed) => {
      child.once("error", failed);
      child.once("spawn", () => done(child));
    });
  }

  options() {
    return {
      documentSelector: [{ language: "zj" }],
      outputChannel: this.output,
      initializationOptions: { case: vscode.workspace.getConfiguration("zjrules").get("case", "") },
      synchronize: { configurationSection: "zjrules", fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{zj,yaml,yml,xlsx}") },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
    };
  }

  closed() {
    // What ends with a message of its own (the extra is missing, an old version) ends in the same way again.
    const again = !this.code && this.restarts < MOST_RESTARTS;
    this.restarts += 1;
    if (again) return { action: CloseAction.Restart, handled: true };
    this.complain(this.reason());
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  reason(error) {
    const said = this.said.trim().split("\n").slice(-3).join(" ");
    if (/zjrules\[editor\]|pygls|lsprotocol/.test(said)) {
      return "语言服务要装附加的部分：pip install 'zjrules[editor]'，装好后用命令「重启语言服务」。";
    }
    if (/No such command|没有.*命令/.test(said)) return "这个 zjrules 太旧，没有语言服务，请升级：pip install -U 'zjrules[editor]'。";
    return `语言服务没有启动${said ? `：${said}` : error ? `：${error.message}` : "，或反复退出"}`;
  }

  async complain(message) {
    // The failed start and the closed connection both tell of one thing.
    if (this.told === message) return;
    this.told = message;
    this.output.appendLine(message);
    const chosen = await vscode.window.showErrorMessage(message, SETTINGS, OUTPUT);
    if (chosen === SETTINGS) await vscode.commands.executeCommand("workbench.action.openSettings", "zjrules.path");
    if (chosen === OUTPUT) this.output.show();
  }
}

module.exports = { Service };
