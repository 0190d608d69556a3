import { Eta } from 'eta';
import type { ShownTable } from './shown-table.js';

const template = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Benchmark</title>
<style>
body { font: 16px/1.55 system-ui, sans-serif; font-variant-numeric: tabular-nums; margin: 0 auto; max-width: 1080px; padding: 40px 24px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; }
th, td { text-align: right; padding: 6px 14px 6px 0; border-bottom: 1px solid #8884; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tbody tr:first-child { font-weight: 600; }
.caption { font-size: 13px; opacity: 0.7; }
svg { max-width: 100%; height: auto; }
</style>
</head>
<body>
<h1>Benchmark</h1>
<% for (const line of it.verdict) { %><p><%= line %></p>
<% } %><div class="table"><table>
<thead><tr><% for (const column of it.columns) { %><th><%= column %></th><% } %></tr></thead>
<tbody>
<% for (const row of it.rows) { %><tr><% for (const cell of row) { %><td><%= cell %></td><% } %></tr>
<% } %></tbody>
</table></div>
<p class="caption"><%= it.caption %></p>
<h2>Precision and recall</h2>
<p class="caption">At IoU .50, averaged over classes and repetitions.</p>
<%~ it.chart %>
</body>
</html>
`;

/** The ranking as one page that needs nothing else. @param page.chart an SVG of ours, put in as it is */
export function benchmarkPage(page: {
  readonly verdict: readonly string[];
  readonly table: ShownTable;
  readonly chart: string;
}): string {
  const { columns, rows, caption } = page.table;
  const isWhole = columns.map((_, at) => rows.every((row) => typeof row[at] !== 'number' || Number.isInteger(row[at]))); // prettier-ignore
  const shown = rows.map((row) =>
    row.map((cell, at) => (typeof cell === 'number' && !isWhole[at] ? cell.toFixed(3) : (cell ?? '–'))),
  );
  return new Eta({ autoEscape: true }).renderString(template, { ...page, columns, rows: shown, caption });
}
