/** A file that a spec names, and which part of it. The path is as written, relative to the spec. */
export type FileReference =
  /** `hdu` counts from 0; undefined is the first with an image. */
  | { readonly format: "fits"; readonly path: string; readonly hdu: number | undefined }
  /** `array` is the name inside the archive; undefined is the only one. */
  | { readonly format: "npz"; readonly path: string; readonly array: string | undefined }
  | { readonly format: "npy"; readonly path: string };

export const FILE_REFERENCE_FORMS = "file.fits, file.fits[1] (an HDU), file.npy, file.npz or file.npz[name] (an array)";

/**
 * Reads `file.fits`, `file.fits[1]`, `file.npy`, `file.npz` or `file.npz[name]`; `.fit` and `.fts` are FITS too.
 * @returns undefined when the text is none of these.
 */
export function parseFileReference(text: string): FileReference | undefined {
  // No file system takes a control character for what the writer meant.
  if (/\p{Cc}/u.test(text)) return undefined;
  const bracket = text.endsWith("]") ? text.lastIndexOf("[") : -1;
  const path = bracket < 0 ? text : text.slice(0, bracket);
  const part = bracket < 0 ? undefined : text.slice(bracket + 1, -1);
  if (/[^/\\]\.npz$/i.test(path)) return part === "" ? undefined : { format: "npz", path, array: part };
  if (/[^/\\]\.npy$/i.test(path)) return part === undefined ? { format: "npy", path } : undefined;
  if (!/[^/\\]\.(fits|fit|fts)$/i.test(path)) return undefined;
  if (part === undefined) return { format: "fits", path, hdu: undefined };
  return /^\d{1,6}$/.test(part) ? { format: "fits", path, hdu: Number(part) } : undefined;
}
