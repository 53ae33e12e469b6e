// Where the program is: the setting, else the environment of the workspace, else the PATH.
"use strict";

const fs = require("fs");
const os = require("os");
const path = require("path");

const WINDOWS = process.platform === "win32";
const NAME = WINDOWS ? "zjrules.exe" : "zjrules";
const IN_ENVIRONMENT = path.join(".venv", WINDOWS ? "Scripts" : "bin", NAME);

function isProgram(file) {
  try {
    fs.accessSync(file, WINDOWS ? fs.constants.F_OK : fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Return {program} or {missing}: what to tell the user.
 * @param {string} setting zjrules.path; "" when not set, relative to the first folder, with ~ for the home folder
 * @param {string[]} folders of the workspace; the environment may also stand above one
 * @param {string} searched the PATH
 */
function locate(setting, folders, searched) {
  if (setting) {
    const home = setting.replace(/^~(?=[/\\])/, os.homedir());
    const file = path.resolve(folders[0] || "", home);
    return isProgram(file) ? { program: file } : { missing: `设置「zjrules.path」写的程序不存在，或不能运行：${file}` };
  }
  for (const folder of folders) {
    for (let at = folder; ; at = path.dirname(at)) {
      const file = path.join(at, IN_ENVIRONMENT);
      if (isProgram(file)) return { program: file };
      if (at === path.dirname(at)) break;
    }
  }
  for (const folder of searched.split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, NAME);
    if (isProgram(file)) return { program: file };
  }
  return {
    missing: "找不到 zjrules 程序：工作区没有 .venv，PATH 里也没有。请先安装（pip install 'zjrules[editor]'），或在设置「zjrules.path」里写明它在哪里。",
  };
}

module.exports = { locate };
