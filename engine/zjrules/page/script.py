"""The script of the page. It adds search, folding and keys; everything can be read without it."""

SCRIPT = """
"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const all = (what) => [...document.querySelectorAll(what)];
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\\s+/g, "");
  const search = get("q"), count = get("count");
  const found = all("[data-find]").map((element) => [element, fold(element.dataset.find)]);
  get("tools").hidden = false;

  const look = () => {
    const asked = search.value.split(/\\s+/).map(fold).filter(Boolean);
    let items = 0, facts = 0;
    for (const [element, text] of found) {
      const hit = asked.every((word) => text.includes(word));
      element.classList.toggle("miss", !hit);
      if (hit && element.matches("section")) items += 1;
      if (hit && element.matches(".facts tr")) facts += 1;
    }
    count.textContent = asked.length ? `找到 ${items} 个指标、${facts} 项事实` : "";
  };
  const unfold = (open) => all("main details").forEach((element) => { element.open = open; });
  const go = (step) => {
    const heads = all("section.indicator:not(.miss) > h3");
    const at = heads.indexOf(document.activeElement);
    const next = heads[at < 0 ? 0 : Math.min(Math.max(at + step, 0), heads.length - 1)];
    if (next) { next.focus(); next.scrollIntoView({ block: "start" }); }
  };

  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { search.blur(); go(1); }
    if (event.key === "Escape") { search.value = ""; look(); }
  });
  get("open").addEventListener("click", () => unfold(true));
  get("shut").addEventListener("click", () => unfold(false));
  const keys = {
    "/": () => search.focus(), j: () => go(1), k: () => go(-1), e: () => unfold(true), c: () => unfold(false),
  };
  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.matches("input[type=search]");
    if (busy || !get("keys").checked || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // On paper nothing can be unfolded; browsers that print folded parts by the style alone are not all.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    folded.forEach((element) => { element.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((element) => { element.open = false; }));
  // The browser may have kept what was typed, after a reload.
  look();
})();
"""
