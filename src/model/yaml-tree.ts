import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { InputError } from "../errors.ts";

/** A spec is a page of text; what is longer is another file. */
const LONGEST_TEXT = 262_144;
/** Values that aliases may unfold to, and how deep they may nest. */
const MOST_VALUES = 20_000;
const DEEPEST = 40;

/** A key that a message on one line can show. */
const PRINTABLE = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u;

/** What a YAML file says, as plain values, and where it says it. */
export interface YamlTree {
  readonly value: unknown;
  /** Of every path (`galaxies.lens.redshift`, `grid.shape.0`; the whole is ""): `file:line:column` of its value, or of its key where the value is a block of its own. */
  readonly places: Record<string, string>;
  /** Of every path below the whole: where its key is. */
  readonly keyPlaces: Record<string, string>;
}

/** The place of a path, or of the closest of its ancestors that the file has. */
export function placeOf(places: Readonly<Record<string, string>>, path: string): string | undefined {
  for (let known = path; ; known = known.slice(0, Math.max(0, known.lastIndexOf(".")))) {
    if (Object.hasOwn(places, known)) return places[known];
    if (known === "") return undefined;
  }
}

export function joinPath(path: string, key: string | number): string {
  return path === "" ? String(key) : `${path}.${key}`;
}

/**
 * Parses YAML 1.2 into plain maps, lists, strings, numbers, booleans and null.
 * @param place Turns a line and a column, counted from 1, into a place for messages.
 * @throws InputError, located, for a syntax error, a duplicate key, a key that is not a plain word, a tag, more than
 * one document, and text or nesting beyond what a spec can need.
 */
export function parseYaml(text: string, place: (line: number, column: number) => string): YamlTree {
  if (text.length > LONGEST_TEXT) {
    throw new InputError(
      "yaml/long",
      `${text.length} characters where a spec has a few thousand`,
      "give the spec, not a data file",
      place(1, 1),
    );
  }
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return place(Math.max(1, line), Math.max(1, col));
  };
  const document = compose(text, lines, place);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const open = /closing .quote/.test(problem.message) ? lastQuote(document) : undefined;
    throw syntaxError(problem, at(open ?? problem.pos[0]));
  }
  const { places, keyPlaces, read } = reader(at);
  return { value: read(document.contents), places, keyPlaces };
}

function compose(text: string, lineCounter: LineCounter, place: (line: number, column: number) => string) {
  try {
    return parseDocument(text, {
      lineCounter,
      version: "1.2",
      // Duplicates are found by `reader`, in linear time.
      uniqueKeys: false,
      prettyErrors: false,
      resolveKnownTags: false,
    });
  } catch (error) {
    // The parser recurses, so brackets nested by the thousand exhaust the stack.
    if (!(error instanceof RangeError)) throw error;
    throw tooDeep(place(1, 1));
  }
}

/** Where the last quoted text begins: the one that is left open, where one is. */
function lastQuote(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith("QUOTE")) offset = range?.[0];
    },
  });
  return offset;
}

function syntaxError({ code, message }: YAMLError, where: string): InputError {
  // What the parser makes of a stack that it exhausted itself.
  if (/call stack/.test(message)) return tooDeep(where);
  if (code === "MULTIPLE_DOCS") return new InputError("yaml/syntax", "a second document", "remove ---", where);
  const what = message
    .split("\n")[0]
    .replace(/\p{Cc}/gu, " ")
    .replace(/[.:;]+$/, "");
  return new InputError("yaml/syntax", `not YAML: ${what}`, "correct the syntax there", where);
}

function tooDeep(where: string): InputError {
  return new InputError("yaml/deep", `nested deeper than ${DEEPEST} levels`, "write a flat spec", where);
}

/** Reads parsed nodes into plain values, noting where each is. */
function reader(at: (offset: number) => string) {
  const places: Record<string, string> = {};
  const keyPlaces: Record<string, string> = {};
  const anchors = new Map<string, ParsedNode>();
  let values = 0;

  function read(node: ParsedNode | null, path = "", keyOffset = 0, depth = 0): unknown {
    const offset = node?.range[0] ?? keyOffset;
    if (depth > DEEPEST) throw tooDeep(at(offset));
    if (++values > MOST_VALUES) {
      throw new InputError(
        "yaml/large",
        `more than ${MOST_VALUES} values, aliases unfolded`,
        "write a smaller spec",
        at(offset),
      );
    }
    const block = (isMap(node) || isSeq(node)) && !node.flow;
    places[path] = at(block ? keyOffset : offset);
    if (node === null) return null;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        throw new InputError(
          "yaml/alias",
          `alias *${node.source} before its anchor`,
          "define the anchor first",
          at(offset),
        );
      }
      return read(target, path, offset, depth + 1);
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return readScalar(node.value, offset);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const itemPath = joinPath(path, index);
        keyPlaces[itemPath] = at(item.range[0]);
        return read(item, itemPath, item.range[0], depth + 1);
      });
    }
    const map: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      const name = readKey(key, offset);
      const keyStart = key.range[0];
      if (Object.hasOwn(map, name)) {
        throw new InputError("yaml/duplicate", `${joinPath(path, name)} is given twice`, "keep one", at(keyStart));
      }
      const keyPath = joinPath(path, name);
      keyPlaces[keyPath] = at(keyStart);
      map[name] = read(value, keyPath, keyStart, depth + 1);
    }
    return map;
  }

  function readKey(key: ParsedNode, offset: number): string {
    const name = isScalar(key) ? key.value : undefined;
    const readable = typeof name === "string" || typeof name === "number";
    if (readable && name !== "__proto__" && PRINTABLE.test(String(name))) return String(name);
    throw new InputError(
      "yaml/key",
      "a key that is not a plain word",
      "use a word as key",
      at(key?.range[0] ?? offset),
    );
  }

  function readScalar(value: unknown, offset: number): unknown {
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
    throw new InputError("yaml/scalar", `a value of type ${typeof value}`, "give a number or text", at(offset));
  }

  return { places, keyPlaces, read };
}
