"""The style of the page: two schemes of colours, two columns where there is room, and paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f5f6f8; --line: #c9ced6;
  --ink: #1c2026; --soft: #555d68; --link: #0b57a4; --warn: #8f4100;
  --lit: #ffe9a8; --lit-ink: #2b2100; --open: #b36b00; --focus: #0b57a4; --badge: #fdeadf;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181d; --panel: #1e232a; --line: #3d4550;
    --ink: #e6e9ee; --soft: #a9b2be; --link: #8ec2ff; --warn: #ffb27a;
    --lit: #5a4600; --lit-ink: #fff3cf; --open: #e0a54a; --focus: #8ec2ff; --badge: #43291a;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink); line-height: 1.6;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif;
}
main, footer { max-width: 84rem; margin: 0 auto; padding: 0 1.25rem; }
main:focus { outline: none; }
h1, h2, h3, h4, h5, p, li, td, th, dd, summary { overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.3; margin: 1.5rem 0 .75rem; }
h1 small { font-size: 1rem; font-weight: normal; color: var(--soft); }
h2 { font-size: 1.3rem; margin: 2.25rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.1rem; margin: 0; display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
h4 { font-size: .95rem; margin: .75rem 0 .25rem; color: var(--soft); }
h5 { font-size: .95rem; margin: .75rem 0 .25rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; top: 0; padding: .5rem 1rem; background: var(--paper); z-index: 1; }
.skip:focus { left: .5rem; top: .5rem; }
[hidden] { display: none; }

dl { margin: 0 0 .75rem; display: flex; flex-wrap: wrap; gap: .5rem 2rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; }
.totals > div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; min-width: 9rem; }
.total { font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.grade { font-size: 1.1rem; }
.badge { background: var(--badge); color: var(--warn); padding: .05rem .5rem; border-radius: .25rem; }
.why, .lacks { color: var(--warn); }
.why { margin: .25rem 0; }

nav ul { list-style: none; padding: 0; margin: 1rem 0 .5rem; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
#tools { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
#tools[hidden] { display: none; }
#tools p { margin: 0; color: var(--soft); font-size: .85rem; }
#q { flex: 0 1 18rem; min-width: 0; }
input[type=search], button {
  font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: .3rem; padding: .25rem .6rem;
}
button { background: var(--panel); cursor: pointer; }
.miss { display: none; }

.scroll { overflow-x: auto; max-width: 100%; margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; color: var(--soft); font-size: .85rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th.num { text-align: right; }
thead th { font-weight: 600; white-space: nowrap; background: var(--panel); }
th small { display: block; color: var(--soft); }
.group th, .group td { font-weight: 600; background: var(--panel); }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.scores .state { white-space: nowrap; }
.in1 { padding-left: 1.5rem; } .in2 { padding-left: 2.5rem; }
.scores { min-width: 44rem; } .facts { min-width: 56rem; } .checks, .reviews { min-width: 36rem; }
.scores th[scope=row] { min-width: 12rem; } .facts th[scope=row] { width: 24%; }
.origin { color: var(--soft); font-size: .88em; }
.sources { min-width: 30rem; }
.sources td { min-width: 5.5rem; } .facts td { min-width: 6.5rem; }
.sources .row { padding-left: 1.5rem; }
tr:target, section:target > h3 { background: var(--lit); color: var(--lit-ink); }
tr:target .origin, tr:target small, tr:target .lacks, tr:target a, section:target > h3 * { color: inherit; }

.indicator { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
.score { font-variant-numeric: tabular-nums; color: var(--soft); font-weight: 600; }
.cite { font-weight: normal; text-decoration: none; }
.two { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 1.5rem; }
.rule { border-left: 3px solid var(--line); padding-left: 1rem; }
.line { margin: .15rem 0; }
.formula, .result, .let, .line.item { font-variant-numeric: tabular-nums; }
.formula { font-weight: 600; }
.note { color: var(--warn); } .said { font-style: italic; }
.d2 { margin-left: 1rem; } .d3 { margin-left: 2rem; } .d4 { margin-left: 3rem; } .d5 { margin-left: 4rem; } .d6 { margin-left: 5rem; }
summary { cursor: pointer; }
.fold > summary { color: var(--soft); font-size: .85rem; }
.tree { margin-top: .5rem; }
.tree ul { margin: 0; padding-left: 1.1rem; list-style: none; border-left: 1px solid var(--line); }
.tree li { margin: .1rem 0; font-size: .92rem; }
.tree b { font-weight: 600; margin-left: .5rem; }
pre, code { font-family: "Sarasa Mono SC", "Noto Sans Mono CJK SC", ui-monospace, monospace; font-size: .88rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel); padding: .6rem .75rem; margin: .25rem 0; border-radius: .3rem; }
code { display: block; overflow-wrap: anywhere; white-space: pre-wrap; }
mark { background: var(--lit); color: var(--lit-ink); padding: .05rem 0; }
mark.open { background: none; color: inherit; border-bottom: 2px dashed var(--open); }
.decided p, .decided ul, .basis, .rule .origin { margin: .25rem 0; font-size: .9rem; }
.findings > li { margin: .75rem 0; } .findings p { margin: .1rem 0; }
footer { margin: 3rem auto 1.5rem; color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }

@media (max-width: 60rem) {
  .two { grid-template-columns: minmax(0, 1fr); }
  .rule { border-left: 0; border-top: 3px solid var(--line); padding: .25rem 0 0; margin-top: 1rem; }
}
@media (max-width: 32rem) {
  main, footer { padding: 0 .75rem; }
  .indicator { padding: .6rem; }
  .d3, .d4, .d5, .d6 { margin-left: 1.5rem; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  body { font-size: 9.5pt; }
  main, footer { max-width: none; padding: 0; }
  .skip, nav, .cite { display: none; }
  .miss { display: revert; }
  details::details-content { content-visibility: visible; display: block; }
  .scroll { overflow: visible; }
  table, .scores, .facts, .checks, .reviews, .sources { min-width: 0; font-size: 8.5pt; }
  th, td { padding: .15rem .3rem; }
  caption { break-after: avoid; }
  .scores th[scope=row], .sources td, .facts td { min-width: 0; }
  tr, p, li > p, summary, h1, h2, h3, h4, h5 { break-inside: avoid; }
  h2, h3, h4, h5, summary { break-after: avoid; }
  thead { display: table-header-group; }
  mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
  .indicator { border-width: 1px 0 0; border-radius: 0; padding: .5rem 0; }
}
"""
