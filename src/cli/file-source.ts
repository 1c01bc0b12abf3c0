import { type FileHandle, open, stat } from "node:fs/promises";
import { InputError } from "../errors.ts";
import { allocate } from "../io/allocation.ts";
import { type ByteSource, requireRange } from "../io/byte-source.ts";

/** A file on disk that stays open until `close`; `await using` closes it too. */
export interface FileSource extends ByteSource, AsyncDisposable {
  close(): Promise<void>;
}

/** Node reads at most 2^31 - 1 bytes at once. */
const MAX_READ_BYTES = 2 ** 30;

/**
 * Opens a file for ranged reads.
 *
 * @throws InputError `file/missing`, `file/directory`, `file/not-regular`, `file/unreadable`.
 */
export async function openFile(path: string): Promise<FileSource> {
  const { handle, size } = await openRegular(path).catch((error: unknown) => {
    throw error instanceof InputError ? error : fileError(error, path);
  });
  const close = () => handle.close();
  return {
    name: path,
    size,
    async read(offset, length) {
      requireRange(offset, length, size, path);
      const bytes = new Uint8Array(allocate(length, path));
      for (let filled = 0; filled < length; ) {
        const { bytesRead } = await handle
          .read(bytes, filled, Math.min(length - filled, MAX_READ_BYTES), offset + filled)
          .catch((error: unknown) => {
            throw fileError(error, path);
          });
        // Nothing left although the size said so: the file was cut while open.
        if (bytesRead === 0) requireRange(offset, length, offset + filled, path);
        filled += bytesRead;
      }
      return bytes;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function openRegular(path: string): Promise<{ handle: FileHandle; size: number }> {
  // Before opening: opening a named pipe would wait for a writer.
  const before = await stat(path);
  if (before.isDirectory())
    throw new InputError("file/directory", "this is a directory", "give the path of a file", path);
  if (!before.isFile())
    throw new InputError("file/not-regular", "this is no ordinary file", "save it to a file first", path);
  const handle = await open(path, "r");
  try {
    return { handle, size: (await handle.stat()).size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function fileError(error: unknown, path: string): InputError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new InputError("file/missing", "there is no such file", "check the path", path);
  return new InputError(
    "file/unreadable",
    `the file cannot be read (${code})`,
    "check the path and its permissions",
    path,
  );
}
