// Prints what the browser loads, compressed; fails where a part has outgrown its limit (KB).
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = new URL("../../src/relance/web/dashboard/static/assets/", import.meta.url);
const limits = { index: 35, words: 42, errors: 16, react: 105, kit: 130, journey: 90, drawing: 190 };
let over = false;
for (const name of readdirSync(folder)
  .filter((one) => /\.(js|css)$/.test(one))
  .sort()) {
  const size = gzipSync(readFileSync(new URL(name, folder))).length / 1024;
  const limit = name.endsWith(".js") ? limits[name.split("-")[0]] : undefined;
  over ||= limit !== undefined && size > limit;
  console.log(`${size.toFixed(1).padStart(7)} KB  ${name}${limit ? `  (limit ${limit})` : ""}`);
}
process.exit(over ? 1 : 0);
