/** Hands a file to the browser's own download list. */
export function saveFile(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser has taken the file's content over by the next task.
  setTimeout(() => URL.revokeObjectURL(url));
}
