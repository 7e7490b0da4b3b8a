/** Text as a buffer with its own memory. Node.js cuts short buffers out of shared pages, and keeping one keeps its whole page. */
export function ownBuffer(text: string): Buffer {
  const buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  buffer.write(text);
  return buffer;
}

/** Concatenates buffers into one with its own memory. */
export function ownConcatenation(parts: readonly Buffer[]): Buffer {
  const buffer = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(buffer, at);
  return buffer;
}
