/** Bytes per second that moving partitions may take of each broker: 50 MiB, so that half of a network of 1 Gbit/s stays for clients. */
export const DEFAULT_THROTTLE = 50 * 2 ** 20;

/** Seconds without a byte copied after which moving partitions is given up. */
export const DEFAULT_STALL_SECONDS = 900;
