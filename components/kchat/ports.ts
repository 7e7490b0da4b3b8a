/** Ports of the two Services, as in the original chat. */
export const CHAT_PORTS = { producer: 19092, consumer: 29092 } as const;
