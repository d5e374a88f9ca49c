/** What the system says of a file, in words. */
export function describeSystemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EACCES: 'no permission',
    EISDIR: 'a directory',
    ENOTDIR: 'a file where a folder should be',
    EROFS: 'a read-only file system',
    EEXIST: 'a file that already exists',
    ENOSPC: 'no space left on the disk',
    EDQUOT: 'no space left on the disk',
  };
  return known[code ?? ''] ?? message;
}
