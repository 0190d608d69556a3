const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute of XML or SVG. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}
