"""The script of the document: a filter and folding. Everything can be read without it, and the browser's own search finds all."""

SCRIPT = """
"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const all = (what) => [...document.querySelectorAll(what)];
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\\s+/g, "");
  const search = get("q"), count = get("count");
  const found = all("[data-find]").map((element) => [element, fold(element.dataset.find)]);
  get("filter").hidden = false;

  const look = () => {
    const asked = search.value.split(/\\s+/).map(fold).filter(Boolean);
    document.body.classList.toggle("narrowed", asked.length > 0);
    let hits = 0;
    for (const [element, text] of found) {
      const hit = asked.every((word) => text.includes(word));
      element.classList.toggle("miss", !hit);
      if (hit) hits += 1;
    }
    // A heading over nothing is left out.
    for (const part of all(".part, .scroll, .text > section")) {
      const inner = [...part.querySelectorAll("[data-find]")];
      part.classList.toggle("miss", asked.length > 0 && inner.every((e) => e.classList.contains("miss")) && !part.matches("[data-find], [data-find] *"));
    }
    count.textContent = asked.length ? `找到 ${hits} 处` : "";
  };
  const unfold = (open) => all("main details").forEach((element) => { element.open = open; });

  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; look(); }
  });
  get("open").addEventListener("click", () => unfold(true));
  get("shut").addEventListener("click", () => unfold(false));

  // What a link leads to must not stay hidden by the filter.
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest(".miss")) { search.value = ""; look(); target.scrollIntoView(); }
  });

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
