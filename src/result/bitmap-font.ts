/**
 * A font of 3 x 5 pixels for the titles of figures: one octal digit a row, from the top; its bits are the pixels, from
 * the left. Small letters are drawn as capitals, what is missing as a question mark.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  A: "25755",
  B: "65656",
  C: "34443",
  D: "65556",
  E: "74647",
  F: "74644",
  G: "34553",
  H: "55755",
  I: "72227",
  J: "11152",
  K: "55655",
  L: "44447",
  M: "57755",
  N: "65555",
  O: "25552",
  P: "65644",
  Q: "25573",
  R: "65655",
  S: "34216",
  T: "72222",
  U: "55557",
  V: "55552",
  W: "55775",
  X: "55255",
  Y: "55222",
  Z: "71247",
  "0": "75557",
  "1": "26227",
  "2": "61247",
  "3": "61216",
  "4": "55711",
  "5": "74616",
  "6": "34757",
  "7": "71222",
  "8": "75757",
  "9": "75716",
  " ": "00000",
  ".": "00002",
  ",": "00024",
  ":": "02020",
  "-": "00700",
  _: "00007",
  "+": "02720",
  "=": "07070",
  "/": "11244",
  "(": "12221",
  ")": "42224",
  '"': "55000",
  "?": "61202",
};

export const GLYPH_ROWS = 5;
/** Columns from one character to the next. */
export const GLYPH_ADVANCE = 4;

/** Where `text` has ink, as (row, column) from the top left corner of its first character, in font pixels. */
export function* inkOf(text: string): Generator<readonly [row: number, column: number]> {
  let start = 0;
  for (const character of text.toUpperCase()) {
    const glyph = GLYPHS[character] ?? GLYPHS["?"];
    for (let row = 0; row < GLYPH_ROWS; row++) {
      for (let column = 0; column < 3; column++) {
        if (Number(glyph[row]) & (4 >> column)) yield [row, start + column];
      }
    }
    start += GLYPH_ADVANCE;
  }
}
