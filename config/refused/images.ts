import type { Refused } from "./case";

const IMAGE = `registry.example.com/kafka@sha256:${"a".repeat(64)}`;

/** Bad configs by their fault. */
export const IMAGES: Readonly<Record<string, readonly Refused[]>> = {
  "images that exist": [
    [
      { images: { kafka: "registry.example.com/kafka:4.3.1" }, kafka: { version: "4.3.1" } },
      "images.kafka",
      "a tag can be moved",
    ],
    [{ images: { services: "services@sha256:12" } }, "images.services", "an image by digest"],
    [{ images: { kafka: IMAGE } }, "kafka.version", "is missing"],
  ],
};
