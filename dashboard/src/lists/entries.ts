/** Ids and addresses as people paste them. Files are read by the server, which has the one reader of them. */

const unquoted = (text: string) =>
  text
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .trim();
const distinct = (texts: string[]) => [
  ...new Set(texts.map(unquoted).filter((text) => text !== "" && text.length <= 320)),
];

/** What was pasted: one a line, or separated by commas or semicolons. */
export const pasted = (text: string) => distinct(text.split(/[\n\r,;\t]+/));

/** Pieces of at most `size`. */
export function pieces(entries: string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, place) =>
    entries.slice(place * size, (place + 1) * size),
  );
}
