/** What the system calls an error: ENOSPC, EACCES; its text where it has no such name. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
