/** Text as a buffer of its own memory. Node.js cuts short buffers out of shared pages, and one that is kept keeps its whole page. */
export function ownBuffer(text: string): Buffer {
  const buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  buffer.write(text);
  return buffer;
}

/** One buffer of its own memory out of several. */
export function ownConcatenation(parts: readonly Buffer[]): Buffer {
  const buffer = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(buffer, at);
  return buffer;
}
