/** Bytes per second that moving partitions may use of each broker: 50 MiB, which leaves half of a network of 1 Gbit/s to clients. */
export const DEFAULT_THROTTLE = 50 * 2 ** 20;

/** Seconds without a copied byte after which a move is given up. */
export const DEFAULT_STALL_SECONDS = 900;

/** Percent of a broker's disk that moves may fill: Cruise Control's default of `disk.capacity.threshold`, 0.8. */
export const DEFAULT_DISK_LIMIT = 80;
