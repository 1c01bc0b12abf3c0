/** What the report adds to the style of html-page.ts: panels side by side, cards of numbers, figures in SVG, and print. */
export const REPORT_STYLE = `
body { max-width: 75rem; }
h1, p, li, dd, figcaption { overflow-wrap: anywhere; } h1 { margin-bottom: 0.2rem; } h2 { border-top: 1px solid var(--faint); margin-top: 2.5rem; padding-top: 1.2rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 0.4rem; } .method { margin-top: 0; }
a { color: var(--series-0); } summary { color: var(--series-0); cursor: pointer; padding: 0.4rem 0; }
:focus-visible { outline: 2px solid var(--series-0); outline-offset: 2px; }
.skip { left: -100vw; position: absolute; } .skip:focus { left: 1rem; }
nav ul { display: flex; flex-wrap: wrap; font-size: 0.9rem; gap: 0.2rem 1.1rem; list-style: none; padding: 0; }
.verdict { border-left: 4px solid var(--series-2); margin: 1.2rem 0; padding: 0.1rem 1rem; }
.verdict.warned { border-color: var(--series-1); } .verdict p { color: var(--ink); max-width: 50rem; }
.verdict li { color: var(--ink); margin: 0.2rem 0; } .verdict ul { padding-left: 1.2rem; }
.cards { display: grid; gap: 0.8rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); margin: 1.2rem 0; }
.cards div { border: 1px solid var(--faint); border-radius: 6px; padding: 0.6rem 0.9rem; }
.cards dt { color: var(--quiet); font-size: 0.8rem; }
.cards dd { color: var(--ink); font-size: 1.15rem; font-variant-numeric: tabular-nums; margin: 0; }
.cards .note { color: var(--quiet); font-size: 0.8rem; }
.panels { display: grid; gap: 0 1.2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); }
.traces { display: grid; gap: 0 1.2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
figure { break-inside: avoid; display: grid; gap: 0; grid-row: span 2; grid-template-rows: subgrid; margin: 0; } figcaption { color: var(--quiet); font-size: 0.85rem; line-height: 1.35; margin: 0.6rem 0 0.3rem; }
figcaption b { color: var(--ink); font-weight: 600; }
.plot { display: block; height: auto; max-width: 100%; }
.plot text { fill: var(--ink); font: 12px system-ui, sans-serif; }
.plot .quiet { fill: var(--quiet); } .plot .small { font-size: 10px; }
.plot .frame { fill: none; stroke: var(--quiet); } .plot .tick { stroke: var(--quiet); fill: none; }
.plot .grid { fill: none; stroke: var(--faint); }
.plot .curve { fill: none; stroke: #7df3ff; stroke-width: 1.5; } .plot .radial { stroke-dasharray: 4 3; }
.plot .halo { fill: none; stroke: #16101e; stroke-opacity: 0.65; stroke-width: 3.5; }
.plot .sign { fill: none; stroke: #fff; stroke-width: 1.6; }
.plot .onsky { fill: #fff; paint-order: stroke; stroke: #16101e; stroke-opacity: 0.65; stroke-width: 3px; }
.plot .dark { fill: #30343a; } .plot .light { fill: #c4c8cd; }
.plot .bars { fill: var(--series-0); fill-opacity: 0.35; stroke: none; } .plot .middle { fill-opacity: 0.75; }
.plot .median { stroke: var(--ink); fill: none; } .plot .prior { stroke: var(--quiet); stroke-dasharray: 2 2; fill: none; }
.plot .best { stroke: var(--series-1); fill: none; stroke-width: 1.6; }
.plot .level-95 { fill: var(--series-0); fill-opacity: 0.22; stroke: var(--series-0); stroke-width: 0.8; fill-rule: evenodd; }
.plot .level-68 { fill: var(--series-0); fill-opacity: 0.45; stroke: var(--series-0); stroke-width: 0.8; fill-rule: evenodd; }
.plot .dots { fill: var(--series-0); stroke: none; }
.plot .trace { fill: none; stroke: currentColor; stroke-width: 0.8; }
.plot .bar { fill: var(--series-0); }
.wide { max-width: 100%; } .wide .plot { max-width: none; }
pre { background: color-mix(in srgb, var(--faint) 35%, transparent); border-radius: 6px; font-size: 0.8rem; overflow-x: auto; padding: 0.8rem; }
.note { max-width: 50rem; }
td.prose { min-width: 14rem; }
@media print {
  body { font-size: 10pt; margin: 0; max-width: none; padding: 0; }
  nav, .skip { display: none; } .wide { overflow: visible; }
  details::details-content { block-size: auto; content-visibility: visible; }
  summary { break-after: avoid; color: var(--ink); font-weight: 600; list-style: none; }
  pre { overflow: visible; overflow-wrap: anywhere; white-space: pre-wrap; } .plot, .cards div { break-inside: avoid; }
  .wide .plot { max-width: 100%; } .panels { grid-template-columns: repeat(3, 1fr); } .traces { grid-template-columns: repeat(3, 1fr); }
  table { font-size: 7pt; } h2, h3 { break-after: avoid; } tr { break-inside: avoid; } th, td { padding: 0.1rem 0.4rem; }
}
`;
