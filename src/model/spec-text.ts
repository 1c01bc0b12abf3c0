import { Document, isCollection, isPair, visit } from "yaml";
import { applyOverrides } from "./overrides.ts";
import { parseYaml } from "./yaml-tree.ts";

/**
 * The text of a spec with its overrides put in; as it stands where there are none, otherwise without its comments.
 * @throws InputError as `parseSpec` does for text and overrides that it cannot read.
 */
export function specText(text: string, fileName: string, overrides: readonly string[] = []): string {
  if (overrides.length === 0) return text;
  const tree = applyOverrides(
    parseYaml(text, (line, column) => `${fileName}:${line}:${column}`),
    overrides,
  );
  return yamlText(tree.value);
}

/** Plain values as YAML a person would write: what holds no lists or maps of its own is on one line. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node) => {
      node.flow = node.items.every((item) => !isCollection(isPair(item) ? item.value : item));
    },
  });
  return document.toString({ lineWidth: 120 });
}
