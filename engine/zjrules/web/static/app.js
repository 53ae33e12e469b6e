"use strict";
// Live what-if: the form is sent as one types, and only its result is put in place. Without script its button does the same.
(() => {
  const form = document.getElementById("whatif");
  if (!form) return;
  const result = document.getElementById("result"), said = document.getElementById("said");
  const mark = (field) => {
    const fact = field.closest(".fact");
    if (fact) fact.classList.toggle("changed", field.value.trim() !== fact.dataset.now);
  };
  let waiting = 0, asked = null;
  const ask = async () => {
    if (asked) asked.abort();
    const mine = asked = new AbortController();
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "x-part": "result" }, signal: mine.signal,
      });
      if (!answer.ok) { form.submit(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      result.replaceChildren(...page.body.childNodes);
      // Those who listen hear what it comes to, not the whole table after every letter.
      const told = result.querySelector(".totals div dd") || result.querySelector(".finding .what");
      said.textContent = told ? told.textContent.replace(/\s+/g, " ") : "";
    } catch (error) {
      if (error.name === "AbortError") return;
      said.textContent = result.textContent = "连不上程序：看看它是不是还开着，再点「看得分」。";
    } finally {
      if (asked === mine) result.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", (event) => {
    mark(event.target);
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    ask();
  });
})();
// A table takes a moment to be read: the button says so, and a second click does not send it again.
for (const form of document.querySelectorAll("form.upload")) {
  const button = form.querySelector("button[type=submit]"), name = button.textContent;
  let sent = 0;
  const ready = () => {
    clearTimeout(sent);
    sent = 0;
    button.textContent = name;
    button.removeAttribute("aria-disabled");
  };
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    button.textContent = "正在读表、算分……";
    button.setAttribute("aria-disabled", "true");
    sent = setTimeout(ready, 30000);  // whoever stopped it may try again
  });
  addEventListener("pageshow", ready);  // and whoever came back
}
