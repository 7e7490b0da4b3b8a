/** Exit code of Node.js when its heap is full. */
export const HEAP_EXHAUSTED = 134;

/** Exit code of a container that was killed. */
export const KILLED = 137;

/** Exit code of a container that was asked to stop. */
export const TERMINATED = 143;
