// Makes src/api/schema.ts from schema/api.json. Property titles are dropped, or each would become a type.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const schema = JSON.parse(await readFile(new URL("../schema/api.json", import.meta.url), "utf8"));
for (const definition of Object.values(schema.$defs)) {
  for (const property of Object.values(definition.properties ?? {})) delete property.title;
}
const code = await compile(schema, schema.title, {
  additionalProperties: false,
  bannerComment: "// Made by `npm run types` from schema/api.json; not to be edited.",
  ignoreMinAndMaxItems: true,
  format: false,
});
await writeFile(new URL("../src/api/schema.ts", import.meta.url), code);
