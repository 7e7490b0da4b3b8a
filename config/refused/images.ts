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
    ...[
      "Node:24",
      "node:",
      ":24",
      "node:24:25",
      "team//node",
      "team/-node",
      "node-",
      "node@sha256:12",
      "registry.example.com:70000/node",
      "registry.example.com:0/node",
      "https://registry.example.com/node",
      `node@sha256:${"A".repeat(64)}`,
      " ",
    ].flatMap((name): Refused[] => [
      [{ images: { baseImages: { node: name } } }, "images.baseImages.node", "an image name"],
      [{ images: { services: name } }, "images.services", "an image by digest"],
    ]),
    ...["registry.example.com:70000", "a..b", "a.-b", "host/Team", "host/", "host//a", "host:", "host:a", " "].map(
      (address): Refused => [
        { registry: { pushAddress: address } },
        "registry.pushAddress",
        "a registry address without a scheme",
      ],
    ),
    ...["https://", "https://?", "http://a:70000", "ftp://a", "http://a b"].flatMap((url): Refused[] => [
      [{ images: { mavenMirror: url } }, "images.mavenMirror", "URL"],
      [{ registry: { chart: url } }, "registry.chart", "URL"],
    ]),
  ],
};
