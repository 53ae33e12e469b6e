"""What plots look like, in both schemes of colours and on paper; added to the style of our pages."""

_LIGHT = {
    "main": "#2f6db3", "hot": "#b3261e", "full": "#2f7d4f", "part": "#c98a1b", "zero": "#a8323a", "open": "#7a5ea8",
    "none": "#8a93a0",
}  # fmt: skip
_DARK = {
    "main": "#6ba6e8", "hot": "#ff8a80", "full": "#5cb87f", "part": "#e0b04a", "zero": "#e06c75", "open": "#b39ddb",
    "none": "#7d8794",
}  # fmt: skip


def _said(inks: dict[str, str]) -> str:
    return " ".join(f"--plot-{name}: {ink};" for name, ink in inks.items())


def _classes() -> str:
    inks = {"ink": "var(--ink)", "soft": "var(--soft)", "line": "var(--line)", "paper": "var(--paper)"}
    inks |= {name: f"var(--plot-{name})" for name in _LIGHT}
    return "\n".join(f".fill-{n} {{ fill: {i}; }} .stroke-{n} {{ stroke: {i}; }}" for n, i in inks.items())


PLOTS = f"""
:root {{ {_said(_LIGHT)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_said(_DARK)} }} }}
{_classes()}
.pair {{ display: grid; grid-template-columns: minmax(0, 30rem) minmax(0, 1fr); gap: 0 2rem; align-items: start; }}
figure {{ margin: .5rem 0; }}
.plot {{ display: block; width: 100%; height: auto; max-width: 30rem; }}
.plot text {{ font-family: inherit; font-variant-numeric: tabular-nums; }}
.said {{ font-style: normal; color: var(--soft); font-size: .88rem; }}
.beside th[scope=row] {{ min-width: 7rem; }}
.tight th, .tight td, .wide th, .wide td {{ padding: .3rem .35rem; }}
.wide {{ font-size: .85rem; }} .beside .wide th[scope=row] {{ min-width: 9rem; }} .beside .tight th[scope=row] {{ min-width: 0; }}
.tight th[scope=row], .tight td:not(.num) {{ min-width: 6rem; }}
section > h3 {{ margin-top: 1rem; }}
@media (max-width: 60rem) {{ .pair {{ grid-template-columns: minmax(0, 1fr); }} }}
@media print {{
  .pair {{ grid-template-columns: minmax(0, 1fr); }}
  .plot {{ max-width: 12cm; max-height: 21cm; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  figure {{ break-inside: avoid; }}
  .beside th[scope=row], .beside .wide th[scope=row] {{ min-width: 0; }}
}}
"""
