import { InputError } from "../errors.ts";
import { printable } from "./printable.ts";

/** Integers beyond 2^53 are bigint; a complex number is a pair. */
export type FitsValue = string | number | bigint | boolean | { readonly re: number; readonly im: number };

/**
 * One header entry: a keyword with a value, a comment or both.
 *
 * Keywords of the HIERARCH convention stand without the word HIERARCH (`ESO DET NAME`). COMMENT, HISTORY and blank
 * keywords have their text in `comment`.
 */
export interface FitsCard {
  readonly keyword: string;
  readonly value?: FitsValue | undefined;
  readonly comment?: string | undefined;
}

/** Length of a card image. */
export const CARD_BYTES = 80;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([EDed][+-]?\d+)?$/;
const STANDARD_KEYWORD = /^[A-Z0-9_-]{1,8}$/;
const COMMENTARY: ReadonlySet<string> = new Set(["COMMENT", "HISTORY", ""]);

/** Whether a keyword's card holds text and no value. */
export function isCommentary(keyword: string): boolean {
  return COMMENTARY.has(keyword);
}

/**
 * Parses card images (80 characters each, without END) after FITS 4.0 section 4; CONTINUE cards are joined to the string
 * before them.
 *
 * A value that follows no FITS syntax is kept as its raw text: a bad card that nobody asks for should not make the
 * data unreadable.
 */
export function parseCards(images: readonly string[]): FitsCard[] {
  const cards: FitsCard[] = [];
  for (let index = 0; index < images.length; index++) {
    const card = parseCard(images[index]);
    if (typeof card.value !== "string" || !images[index + 1]?.startsWith("CONTINUE")) {
      cards.push(card);
      continue;
    }
    const pieces = [card.value];
    const comments = card.comment === undefined ? [] : [card.comment];
    while (pieces.at(-1)!.endsWith("&") && images[index + 1]?.startsWith("CONTINUE")) {
      const next = parseValue(images[index + 1].slice(8).trimStart());
      if (typeof next.value !== "string") break;
      pieces.push(pieces.pop()!.slice(0, -1), next.value);
      if (next.comment !== undefined) comments.push(next.comment);
      index++;
    }
    const comment = comments.length === 0 ? undefined : comments.join(" ");
    cards.push({ keyword: card.keyword, value: pieces.join(""), comment });
  }
  return cards;
}

function parseCard(image: string): FitsCard {
  const keyword = image.slice(0, 8).trimEnd();
  if (isCommentary(keyword)) return { keyword, comment: image.slice(8).trimEnd() };
  const equals = image.indexOf("=");
  if (image.startsWith("HIERARCH ") && equals > 9)
    return {
      keyword: image.slice(9, equals).trim().toUpperCase(),
      ...parseValue(image.slice(equals + 1).trim()),
    };
  // Without a value indicator the rest is commentary, whatever the keyword.
  if (image.slice(8, 10) !== "= ") return { keyword, comment: image.slice(8).trimEnd() };
  return { keyword, ...parseValue(image.slice(10).trim()) };
}

/** Value and comment from `text`, which begins at the value. */
function parseValue(text: string): { value: FitsValue | undefined; comment: string | undefined } {
  if (text.startsWith("'")) {
    // A doubled quote stands for one quote.
    const match = /^'((?:[^']|'')*)'\s*(?:\/(.*))?$/s.exec(text);
    if (match !== null)
      return { value: match[1].replaceAll("''", "'").trimEnd(), comment: match[2]?.trim() || undefined };
    return { value: text, comment: undefined };
  }
  const slash = text.indexOf("/");
  const token = (slash < 0 ? text : text.slice(0, slash)).trim();
  const comment = slash < 0 ? undefined : text.slice(slash + 1).trim() || undefined;
  return { value: token === "" ? undefined : parseToken(token), comment };
}

function parseToken(token: string): FitsValue {
  if (token === "T" || token === "F") return token === "T";
  if (/^[+-]?\d+$/.test(token)) {
    const value = Number(token);
    return Number.isSafeInteger(value) ? value : BigInt(token.replace("+", ""));
  }
  const complex = /^\(([^,]*),([^,]*)\)$/.exec(token);
  if (complex !== null) {
    const re = parseReal(complex[1].trim());
    const im = parseReal(complex[2].trim());
    return re === undefined || im === undefined ? token : { re, im };
  }
  return parseReal(token) ?? token;
}

function parseReal(token: string): number | undefined {
  return NUMBER.test(token) ? Number(token.replace(/[dD]/, "E")) : undefined;
}

/**
 * The card images of one card: several if a string is long (CONTINUE) or a comment is. A comment beside a value is cut
 * where its card ends.
 *
 * @throws InputError `fits/card` for a keyword or value that FITS cannot hold.
 */
export function formatCard(card: FitsCard): string[] {
  const { value, comment = "" } = card;
  const keyword = card.keyword.toUpperCase().replace(/^HIERARCH /, "");
  requirePrintable(keyword, "keyword", keyword);
  requirePrintable(comment, "comment", keyword);
  if (isCommentary(keyword)) {
    const texts = comment.match(/.{1,72}/g) ?? [""];
    return texts.map((text) => (keyword.padEnd(8) + text).padEnd(CARD_BYTES));
  }
  const standard = STANDARD_KEYWORD.test(keyword);
  if (!standard && !/^[^=\s]+( [^=\s]+)*$/.test(keyword))
    throw unwritable(keyword, "the keyword", "use words without '='");
  const prefix = standard ? `${keyword.padEnd(8)}= ` : `HIERARCH ${keyword} = `;
  if (typeof value === "string") return formatString(prefix, value, comment, keyword);
  const text = formatValue(value, keyword);
  if (prefix.length + text.length > CARD_BYTES) throw unwritable(keyword, "the card", "shorten the keyword");
  // Fixed format: right-justified up to column 30.
  return [withComment(prefix + (standard ? text.padStart(20) : text), comment)];
}

function formatValue(value: Exclude<FitsValue, string> | undefined, keyword: string): string {
  if (value === undefined) return "";
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : formatReal(value, keyword);
  return `(${formatReal(value.re, keyword)}, ${formatReal(value.im, keyword)})`;
}

function formatReal(value: number, keyword: string): string {
  if (!Number.isFinite(value)) throw unwritable(keyword, `the value ${value}`, "give a finite number or leave it out");
  const [mantissa, exponent] = (Object.is(value, -0) ? "-0" : String(value)).toUpperCase().split("E");
  const digits = mantissa!.includes(".") ? mantissa! : `${mantissa}.0`;
  return exponent === undefined ? digits : `${digits}E${exponent}`;
}

function formatString(prefix: string, value: string, comment: string, keyword: string): string[] {
  requirePrintable(value, "value", keyword);
  const escaped = value.replaceAll("'", "''");
  const quoted = `'${escaped.padEnd(8)}'`;
  if (prefix.length + quoted.length <= CARD_BYTES) return [withComment(prefix + quoted.padEnd(20), comment)];
  const images: string[] = [];
  let start = prefix;
  let rest = escaped;
  // Two quotes and the ampersand take three columns; the last piece needs no ampersand.
  while (start.length + rest.length + 2 > CARD_BYTES) {
    let length = CARD_BYTES - start.length - 3;
    // An even number of quotes up to the cut, or a doubled quote is torn apart.
    if ((rest.slice(0, length).match(/'+$/)?.[0].length ?? 0) % 2 === 1) length--;
    if (length < 1) throw unwritable(keyword, "the card", "shorten the keyword");
    images.push(`${start}'${rest.slice(0, length)}&'`.padEnd(CARD_BYTES));
    rest = rest.slice(length);
    start = "CONTINUE  ";
  }
  images.push(withComment(`${start}'${rest}'`, comment));
  return images;
}

function withComment(image: string, comment: string): string {
  return (comment === "" ? image : `${image} / ${comment}`).slice(0, Math.max(CARD_BYTES, image.length)).padEnd(80);
}

function requirePrintable(text: string, what: string, keyword: string): void {
  if (!/^[\x20-\x7e]*$/.test(text))
    throw unwritable(keyword, `the ${what} "${printable(text, 40)}"`, "use printable ASCII");
}

function unwritable(keyword: string, what: string, remedy: string): InputError {
  return new InputError("fits/card", `${what} does not fit a FITS header`, remedy, printable(keyword, 40));
}
