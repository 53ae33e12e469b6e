"""What the document adds to the style of our pages: the outline beside the text, the colours of a rule."""

READER = """
:root { --kw: #7a2a8c; --nu: #8f4100; --st: #1d6b2f; }
@media screen and (prefers-color-scheme: dark) { :root { --kw: #d9a3e8; --nu: #ffb27a; --st: #8fd6a0; } }
#filter { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
#filter[hidden] { display: none; }
#filter p { margin: 0; color: var(--soft); font-size: .85rem; }
div.book { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 0 2rem; align-items: start; }
.outline { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: .5rem 0 1rem; font-size: .9rem; }
.outline h2 { font-size: 1rem; margin: .5rem 0; border: 0; padding: 0; }
.outline ol { list-style: none; margin: 0; padding: 0; display: block; }
.outline ol ol { padding-left: .75rem; border-left: 1px solid var(--line); }
.outline li { margin: .2rem 0; }
.outline .group > .entry { font-weight: 600; }
.entry { display: flex; gap: .5rem; justify-content: space-between; align-items: baseline; }
.entry a { text-decoration: none; overflow-wrap: anywhere; }
.entry a:hover { text-decoration: underline; }
.points { color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: normal; font-size: .9em; }
.text > section:first-child > h2 { margin-top: .5rem; }
.part { margin: 1.5rem 0; }
.part > h3 { font-size: 1.15rem; }
h4[tabindex] { font-size: 1.05rem; color: inherit; margin: 0; display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
.how h5:first-child, .rule h5:first-child { margin-top: .25rem; }
.said { margin: .25rem 0; font-style: normal; font-size: .92rem; }
.said p, .said ul { margin: 0; } .said ul { padding-left: 1.25rem; }
.indicator .note { color: inherit; margin: .25rem 0; }
.told, .trends, .made { margin: .15rem 0 .4rem; padding-left: 1.25rem; font-variant-numeric: tabular-nums; }
.trends, .made { color: var(--soft); font-size: .9rem; }
.way { margin: .6rem 0 .1rem; }
.source .kw { color: var(--kw); font-weight: 600; } .source .nu { color: var(--nu); } .source .st { color: var(--st); }
.source .co { color: var(--soft); font-style: italic; }
.source a { text-decoration: underline dotted; text-underline-offset: .2em; }
.check, .ledger, .word { border-bottom: 1px solid var(--line); padding: .75rem 0; }
.check p, .ledger p, .word p { margin: .2rem 0; }
.check h3, .ledger h3, .word h3 { font-size: 1rem; }
.grave { background: var(--badge); color: var(--warn); } .mild { background: var(--panel); color: var(--soft); }
.badge { white-space: nowrap; } h3 .badge { font-size: .85rem; font-weight: 600; }
.readme code { display: inline; } .readme table { min-width: 40rem; } .readme td { min-width: 4rem; }
.value { font-variant-numeric: tabular-nums; white-space: nowrap; font-weight: 600; }
.asks { min-width: 26rem; } .facts { min-width: 46rem; } .columns { min-width: 40rem; } .params { min-width: 36rem; } .grades { width: auto; min-width: 16rem; }
.facts th[scope=row] { width: 32%; }
.facts td:nth-child(2), .facts td:nth-child(3) { min-width: 6rem; }
.columns th[scope=row] { min-width: 7rem; } .columns td { min-width: 5rem; }
.tables { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); gap: 0 1.5rem; align-items: start; }
.examples td { font-size: .95em; }
section:target > h4 { background: var(--lit); color: var(--lit-ink); }
section:target > h4 * { color: inherit; }
.narrowed .outline { opacity: .75; }
@media (max-width: 64rem) {
  div.book { display: block; }
  .outline { position: static; max-height: none; border: 1px solid var(--line); border-radius: .5rem; padding: .25rem .75rem .75rem; margin-top: 1rem; }
}
@media (max-width: 40rem) {
  .tables { grid-template-columns: minmax(0, 1fr); }
  .asks { min-width: 0; }
  pre.source { font-size: .84rem; padding: .5rem; }
}
@media print {
  div.book { display: block; }
  nav.outline { display: block; position: static; max-height: none; columns: 2; }
  .entry a { color: inherit; }
  .asks, .facts, .columns, .params, .grades { min-width: 0; }
  .check, .word, .ledger { break-inside: avoid; }
}
"""
