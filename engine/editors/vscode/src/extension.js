// Start of the language server, and the commands of the palette. All that is known of the language is the server's.
"use strict";

const vscode = require("vscode");
const { Service } = require("./service");

let service;

async function activate(context) {
  const output = vscode.window.createOutputChannel("绩效规则");
  service = new Service(output);
  const shown = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right, 100);
  shown.command = "zjrules.chooseCase";
  shown.tooltip = "指标旁边的得分是哪个案例的";
  const commands = {
    "zjrules.restart": () => restart(),
    "zjrules.chooseCase": () => chooseCase(shown),
    "zjrules.proveHere": () => here("zjrules.prove"),
    "zjrules.runCasesHere": () => here("zjrules.runCases"),
  };
  context.subscriptions.push(
    output,
    shown,
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("zjrules.path") && restart()),
    vscode.window.onDidChangeActiveTextEditor(() => status(shown)),
  );
  await service.start();
  await status(shown);
}

async function deactivate() {
  if (service) await service.stop();
}

async function restart() {
  await service.stop();
  await service.start();
}

function editor() {
  const active = vscode.window.activeTextEditor;
  return active && active.document.languageId === "zj" ? active : undefined;
}

/** Run a command of the server on the indicator that the cursor stands in. */
async function here(command) {
  const active = editor();
  if (!active) return vscode.window.showInformationMessage("先打开一个规则文件（.zj），把光标放在一个指标里。");
  return service.request(command, active.document.uri.toString(), active.selection.active.line);
}

/** Let the user say of which case the scores beside the indicators are. */
async function chooseCase(shown) {
  const active = editor();
  if (!active) return vscode.window.showInformationMessage("先打开一个规则文件（.zj）。");
  const uri = active.document.uri.toString();
  const cases = await service.request("zjrules.cases", uri);
  if (!cases) return undefined;
  if (!cases.length) return vscode.window.showInformationMessage("cases/ 里没有按这本规则算的案例。");
  const items = cases.map((c) => ({ label: c.title, description: c.chosen ? "现在的" : "", detail: c.path, path: c.path }));
  items.push({ label: "不显示得分", path: null });
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: "指标旁边显示哪个案例的得分", matchOnDetail: true });
  if (chosen) await service.request("zjrules.useCase", uri, chosen.path);
  return status(shown);
}

async function status(shown) {
  const active = editor();
  if (!active || !service.running) return shown.hide();
  const cases = (await service.request("zjrules.cases", active.document.uri.toString())) || [];
  const chosen = cases.find((c) => c.chosen);
  shown.text = chosen ? `$(checklist) ${chosen.title}` : "$(checklist) 选择案例";
  return cases.length ? shown.show() : shown.hide();
}

module.exports = { activate, deactivate };
