// Start of the language server, and the commands of the palette. All that is known of the language is the server's.
"use strict";

const vscode = require("vscode");
const { Service } = require("./service");

let service;

async function activate(context) {
  const output = vscode.window.createOutputChannel("绩效规则");
  service = new Service(output);
  const commands = {
    "zjrules.restart": () => restart(),
    "zjrules.selectCase": () => selectCase(),
    "zjrules.proveHere": () => here("zjrules.prove"),
    "zjrules.runCasesHere": () => here("zjrules.runCases"),
  };
  context.subscriptions.push(
    output,
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("zjrules.path") && restart()),
  );
  await service.start();
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
async function selectCase() {
  const active = editor();
  if (!active) return vscode.window.showInformationMessage("先打开一个规则文件（.zj）。");
  const uri = active.document.uri.toString();
  const cases = await service.request("zjrules.cases", uri);
  if (!cases) return undefined;
  if (!cases.length) return vscode.window.showInformationMessage("cases/ 里没有按这本规则算的案例。");
  const options = { placeHolder: "指标旁边显示哪个案例的得分（可按名称、单位、文件找）", matchOnDescription: true, matchOnDetail: true };
  const chosen = await vscode.window.showQuickPick(cases.map(shown), options);
  return chosen && service.request("zjrules.chooseCase", uri, chosen.path);
}

/** A case as it stands in the list: by its title, or its file where it has none; the one taken now is marked. */
function shown({ path, title, unit, chosen }) {
  return { path, label: title || path, description: [chosen ? "现在的" : "", unit].filter(Boolean).join(" · "), detail: title && path };
}

module.exports = { activate, deactivate };
