/**
 * Text out of a file as an error message can show it: on one line, control and format characters escaped, cut to
 * `limit` characters.
 */
export function printable(text: string, limit = 80): string {
  const shown = text
    .slice(0, limit)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return text.length > limit ? `${shown}...` : shown;
}
