/** Text as HTML and SVG show it, between tags and in attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Colors of lines and their labels, in light and in dark: each of 4.5 to 1 against the page, as text needs it. */
const SERIES = [
  ["#0063a6", "#6cb6ff"],
  ["#b94300", "#ff9a5c"],
  ["#00734d", "#4cc79a"],
  ["#a3417f", "#e89bd0"],
  ["#7d5a00", "#e0b44a"],
  ["#007380", "#5cc8d8"],
  ["#5b5f66", "#b4b8be"],
] as const;

/** `var(--series-0)` and on are of so many colors. */
export const SERIES_COLORS = SERIES.length;

const PAGE_COLORS = [
  ["page", "#ffffff", "#15181c"],
  ["ink", "#1b1f24", "#e4e7ea"],
  ["quiet", "#5b5f66", "#a2a8b0"],
  ["faint", "#dde1e6", "#333941"],
] as const;

function colors(dark: 0 | 1): string {
  const page = PAGE_COLORS.map(([name, ...values]) => `--${name}: ${values[dark]};`);
  return [...page, ...SERIES.map((values, index) => `--series-${index}: ${values[dark]};`)].join(" ");
}

const STYLE = `
:root { color-scheme: light dark; ${colors(0)} }
@media screen and (prefers-color-scheme: dark) { :root { ${colors(1)} } }
body { background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 0.5rem; }
p, dl, li { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--faint); padding: 0.2rem 0.6rem; text-align: right; white-space: nowrap; }
th { color: var(--quiet); font-weight: 500; } tbody th { color: var(--ink); font-weight: 400; } .left { text-align: left; }
.prose { color: var(--quiet); text-align: left; white-space: normal; } caption { text-align: left; }
.bar { min-width: 12rem; } .bar div { background: var(--series-0); height: 0.7rem; }
`;

/**
 * A whole page that needs nothing else: no script, no font, no file beside it; light or dark as the reader's system is.
 * @param style Rules besides the page's own.
 * @param body Markup: what stands in it is escaped already.
 */
export function htmlPage(title: string, style: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** Cells under a header, the first columns to the left and numbers to the right. */
export interface Table {
  readonly header: readonly string[];
  readonly cells: readonly (readonly string[])[];
  /** The first of them names its row. */
  readonly leftColumns: number;
  /** Columns of sentences, which may take several lines; the others take one. */
  readonly proseColumns?: readonly number[];
  /** What a bar at the end of each row shows, from 1 on; null draws none. */
  readonly ratios?: readonly (number | null)[];
}

/** Bars are as long as the logarithm of their ratio: thousands stand beside one. */
export function htmlTable({ header, cells, leftColumns, proseColumns = [], ratios }: Table): string {
  const longest = Math.log(Math.max(Math.E, ...(ratios ?? []).map((ratio) => ratio ?? 1)));
  const row = (tag: "th" | "td", texts: readonly string[], bar: string): string => {
    const columns = texts.map((text, column) => {
      const isName = column === 0 && leftColumns > 0;
      const [open, close] = tag === "th" ? ['th scope="col"', tag] : isName ? ['th scope="row"', "th"] : [tag, tag];
      const look = proseColumns.includes(column) ? "prose" : column < leftColumns ? "left" : "";
      return `<${open}${look === "" ? "" : ` class="${look}"`}>${escapeMarkup(text)}</${close}>`;
    });
    return `<tr>${columns.join("")}${bar}</tr>`;
  };
  const bar = (index: number): string => {
    if (ratios === undefined) return "";
    const ratio = ratios[index];
    if (ratio === null) return "<td></td>";
    const percent = 1 + (99 * Math.log(ratio)) / longest;
    return `<td class="bar"><div style="width: ${percent.toFixed(1)}%"></div></td>`;
  };
  const head = row(
    "th",
    header,
    ratios === undefined ? "" : '<th scope="col" class="left">ratio to the best, logarithmic</th>',
  );
  const rows = cells.map((texts, index) => row("td", texts, bar(index)));
  return `<div class="wide" tabindex="0"><table>\n<thead>${head}</thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table></div>`;
}
