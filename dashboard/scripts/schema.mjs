// Writes src/api/schema.d.ts from the program's own OpenAPI document; with --check, only says whether it would change.
// Errors have one shape and the ingest routes are not called from here: both are left out, which keeps the file
// readable.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const target = new URL("../src/api/schema.d.ts", import.meta.url);
const own = new URL("../../.venv/bin/relance", import.meta.url);
const relance = process.env.RELANCE ?? (existsSync(own) ? own.pathname : "relance");

const document = JSON.parse(execFileSync(relance, ["openapi"], { encoding: "utf8", maxBuffer: 64_000_000 }));
for (const [path, item] of Object.entries(document.paths)) {
  if (!path.startsWith("/api/v1/")) {
    delete document.paths[path];
    continue;
  }
  for (const operation of Object.values(item)) {
    for (const status of Object.keys(operation?.responses ?? {}))
      if (status >= "400") delete operation.responses[status];
  }
}

const header = "// Made by `npm run schema` from the OpenAPI document of the program. Not edited by hand.\n\n";
const text = header + astToString(await openapiTS(document));
if (process.argv.includes("--check")) {
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    console.error(
      "src/api/schema.d.ts is not what the API says today: run `npm run schema` and look at the difference.",
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
