/** Ports of the two Services, as the original chat had them. */
export const CHAT_PORTS = { producer: 19092, consumer: 29092 } as const;
